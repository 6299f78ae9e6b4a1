import ArgumentParser
import Bytes
import PromptCompilation

/// Writes the prompts of a batch, a line each, in the sequence in which they are to be sent.
struct BatchWriter: BatchReceiver {
  private let format: BatchFormat
  private let output: OutputFile
  private let keepsGoing: Bool
  private let memory: BatchMemory?
  /// The lines of an earlier run, and how many of them this run has come to again.
  private let written: [BatchLineStamp]
  private var writtenCount = 0
  /// The requests that were read and of which there is no line yet.
  private var pending: [Int: (id: ByteString?, file: String, line: Int)] = [:]
  /// The ids so far, where they must be different.
  private var ids: Set<ByteString> = []
  /// How far the batch is, and how many requests there were at its end, which are shown as they are written.
  var bar = ProgressBar()
  private var lastCount: Int?
  /// How many requests have no prompt.
  private(set) var failureCount = 0

  /// Begins to write.
  ///
  /// - Parameters:
  ///   - written: the lines that are in the output already.
  ///   - keepsGoing: whether a request that cannot be compiled has a line that says why, in place of ending
  ///     the batch.
  ///   - memory: what is told of each prompt that was written.
  init(
    _ output: OutputFile, format: BatchFormat, written: [BatchLineStamp], keepsGoing: Bool,
    memory: BatchMemory?
  ) {
    self.output = output
    self.format = format
    self.written = written
    self.keepsGoing = keepsGoing
    self.memory = memory
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

  /// A prompt is wanted if there is no line with it. What has a line that says why there is none is compiled
  /// again, since the batch goes on differently behind a prompt than behind a fault.
  mutating func wants(_ number: Int) -> Bool {
    let stamp = format.stamp(number: number, id: pending[number]?.id)
    guard takeWritten(stamp) else { return true }
    pending[number] = nil
    return false
  }

  /// Steps over the next line of the earlier run if it is the one that is expected.
  private mutating func takeWritten(_ stamp: BatchLineStamp) -> Bool {
    guard writtenCount < written.count, written[writtenCount] == stamp else { return false }
    writtenCount += 1
    return true
  }

  mutating func receive(
    _ outcome: Result<BatchPrompt, CompilationError>, of number: Int
  ) throws {
    let (id, file, line) = pending.removeValue(forKey: number) ?? (nil, "batch", 0)
    if let lastCount, lastCount > 0 {
      bar.show(1 - Double(pending.count) / Double(lastCount), of: "prompts")
    }
    do {
      let result = try outcome.get()
      let text = try format.line(result, id: id)
      try requireAllReached()
      try output.write(text)
      memory?.note(result.prompt)
    } catch let error as CompilationError {
      let located = BatchRequest.located(error, file: file, line: line)
      guard keepsGoing else { throw located }
      failureCount += 1
      Terminal.printError(located.description)
      guard format.hasErrorLines,
        !takeWritten(format.stamp(number: number, id: id, isError: true))
      else { return }
      try requireAllReached()
      try output.write(format.line(located, number: number, id: id))
    }
  }

  /// Notes that all requests were read.
  mutating func expectNoMore() {
    lastCount = pending.count
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
