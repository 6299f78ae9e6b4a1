import ArgumentParser
import Bytes
import PromptCompilation

/// Writes the prompts of a batch, a line each, in the sequence in which they are to be sent.
struct BatchWriter: BatchReceiver {
  private let format: BatchFormat
  private let output: OutputFile
  private let keepsGoing: Bool
  /// The lines of an earlier run, and how many of them this run has come to again.
  private let written: [BatchLineStamp]
  private var writtenCount = 0
  /// The requests that were read and of which there is no line yet.
  private var pending: [Int: (id: ByteString?, file: String, line: Int)] = [:]
  /// The ids so far, where they must be different.
  private var ids: Set<ByteString> = []
  /// How many requests have no prompt.
  private(set) var failureCount = 0

  /// Begins to write.
  ///
  /// - Parameters:
  ///   - written: the lines that are in the output already.
  ///   - keepsGoing: whether a request that cannot be compiled has a line that says why, in place of ending
  ///     the batch.
  init(
    _ output: OutputFile, format: BatchFormat, written: [BatchLineStamp], keepsGoing: Bool
  ) {
    self.output = output
    self.format = format
    self.written = written
    self.keepsGoing = keepsGoing
  }

  /// Notes a request that was read, and returns its spec, or why there is none.
  mutating func expect(_ request: BatchRequest) -> Result<Spec, CompilationError> {
    pending[request.number] = (request.id, request.file, request.line)
    if format == .openaiBatch, let id = request.id, !ids.insert(id).inserted {
      return .failure(
        CompilationError(
          file: request.file,
          message: "id \"\(id)\" stands twice: --format openai-batch needs different ones"))
    }
    return request.spec
  }

  mutating func wants(_ number: Int) -> Bool {
    guard writtenCount < written.count else { return true }
    let id = pending[number]?.id
    let isWritten = [false, true].contains { isError in
      written[writtenCount] == format.stamp(number: number, id: id, isError: isError)
    }
    guard isWritten else { return true }
    if format.hasErrorLines, written[writtenCount].key == "error" { failureCount += 1 }
    writtenCount += 1
    pending[number] = nil
    return false
  }

  mutating func receive(
    _ outcome: Result<BatchPrompt, CompilationError>, of number: Int
  ) throws {
    let (id, file, line) = pending.removeValue(forKey: number) ?? (nil, "batch", 0)
    do {
      let text = try format.line(try outcome.get(), id: id)
      try requireAllReached()
      try output.write(text)
    } catch let error as CompilationError {
      let located = BatchRequest.located(error, file: file, line: line)
      guard keepsGoing else { throw located }
      failureCount += 1
      Terminal.printError(located.description)
      guard format.hasErrorLines else { return }
      try requireAllReached()
      try output.write(format.line(located, number: number, id: id))
    }
  }

  /// Ends the batch.
  func finish() throws {
    try requireAllReached()
    if failureCount > 0 { throw ExitCode(1) }
  }

  /// A line is added only behind those of the same batch.
  private func requireAllReached() throws {
    guard writtenCount == written.count else {
      throw ValidationError(
        "--resume: line \(writtenCount + 1) of the output is not of this batch: its input, --order or "
          + "--format was another; remove the file to begin again")
    }
  }
}
