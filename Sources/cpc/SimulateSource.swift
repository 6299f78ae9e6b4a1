import Bytes
import ContextIndex
import OrderedJSON
import PromptCompilation

/// Where a simulation has its prompts from.
protocol PromptSource {
  /// What tables and messages call it.
  var name: String { get }

  /// Calls `body` with each prompt, in the order in which they are sent, and `progress` now and then with
  /// how much of the source is done, 0 to 1; not where that is not known.
  ///
  /// - Throws: `CompilationError` that names the place, also for a `SimulationError` of `body`.
  func forEachPrompt(
    progress: (Double) -> Void, _ body: (SimulatedPrompt) throws(SimulationError) -> Void
  ) throws
}

/// A file with a prompt a line, as `TraceLine` reads them; plain or gzip, `-` for standard input.
struct TraceFile: PromptSource {
  let path: String
  /// The tokens of a page that `hash_ids` name.
  let pageSize: Int

  var name: String { path == "-" ? "<stdin>" : path }

  func forEachPrompt(
    progress: (Double) -> Void, _ body: (SimulatedPrompt) throws(SimulationError) -> Void
  ) throws {
    do {
      let size = Files.size(of: path)
      func report(_ done: Int) {
        if let size { progress(min(Double(done) / Double(size), 1)) }
      }
      try Files.forEachUnpackedLine(of: path, progress: report) { number, line in
        guard line.contains(where: { $0 > 0x20 }) else { return }
        do {
          try body(try TraceLine.prompt(line, pageSize: pageSize))
        } catch let fault as TraceLine.Fault {
          throw failure(fault.message, line: number, column: column(of: fault.offset, in: line))
        } catch let error as SimulationError {
          throw failure(error.description, line: number)
        }
      }
    } catch let error as FileError {
      throw CompilationError(file: error.path == path ? name : error.path, message: error.reason)
    }
  }

  private func column(of offset: Int, in line: ArraySlice<UInt8>) -> Int {
    SourceText(name: name, bytes: Array(line)).position(at: offset).column
  }

  private func failure(_ message: String, line: Int, column: Int? = nil) -> CompilationError {
    CompilationError([Diagnostic(file: name, line: line, column: column, message: message)])
  }
}
