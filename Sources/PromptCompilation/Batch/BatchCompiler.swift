/// Compiles many specs, so that as many tokens as possible are prefixes of earlier prompts.
///
/// Requests are added one after another; prompts are received as soon as their place in the sequence is
/// known. With `given` and `online` that is at once, and nothing is kept of a request but what the index
/// keeps; with `windows` it is when a window is full, and with `offline` at the end.
public struct BatchCompiler {
  private let compiler: PromptCompiler
  private let order: BatchOrder
  private let time: UInt64
  private var joint: JointBatch?

  /// Makes a batch without requests.
  ///
  /// - Parameters:
  ///   - compiler: what compiles; if it has an index, what that knows is used, and what is sent is
  ///     recorded in it.
  ///   - time: now, in milliseconds since any fixed moment, for the index.
  public init(
    _ compiler: PromptCompiler, order: BatchOrder = .offline, at time: UInt64 = 0
  ) {
    let index = compiler.index ?? (order == .given ? nil : ContextIndex())
    self.compiler = compiler.with(index: index)
    self.order = order
    self.time = time
    switch order {
    case .given, .online: joint = nil
    case .offline:
      let scheduler = OfflineScheduler(cacheModel: compiler.cacheModel)
      joint = JointBatch(self.compiler, .all(scheduler), at: time)
    case .windows(let size, let cacheTokens):
      let line = WindowLine(
        size: size, cacheTokens: cacheTokens, cacheModel: compiler.cacheModel)
      joint = JointBatch(self.compiler, .windows(line), at: time)
    }
  }

  /// Adds a request, or why there is none.
  ///
  /// - Parameter number: names the request to the receiver.
  /// - Throws: what the receiver throws.
  public mutating func add(
    _ spec: Result<Spec, CompilationError>, number: Int, to receiver: inout some BatchReceiver
  ) throws {
    guard joint == nil else {
      try joint?.add(spec, number: number, to: &receiver)
      return
    }
    try send(spec, number: number, to: &receiver)
  }

  /// Ends the batch: what was not sent yet is sent.
  ///
  /// - Throws: what the receiver throws.
  public mutating func finish(to receiver: inout some BatchReceiver) throws {
    try joint?.send(to: &receiver)
  }

  /// What the passes are to know: where blocks stand as each spec says, nothing of what is cached.
  private var context: PassContext {
    (order == .given ? compiler.with(index: nil) : compiler).passContext(at: time)
  }

  private func send(
    _ spec: Result<Spec, CompilationError>, number: Int, to receiver: inout some BatchReceiver
  ) throws {
    let context = context
    guard try receiver.wants(number) else {
      // What cannot be compiled was not recorded when it was sent.
      if case .success(let spec) = spec { try? compiler.replay(spec, context) }
      return
    }
    try receiver.receive(
      spec.flatMap { spec in
        Result { () throws(CompilationError) in
          BatchPrompt(
            number: number,
            prompt: try compiler.compile(spec, context),
            plainTokenCount: try compiler.plainTokenCount(spec))
        }
      }, of: number)
  }
}

extension PromptCompiler {
  /// Records in the index what compiling the spec records; the prompt is rendered only where it is not known
  /// yet how many tokens its beginning has.
  fileprivate func replay(_ spec: Spec, _ context: PassContext) throws(CompilationError) {
    guard let index else { return }
    var compilation = try start(spec)
    try advance(&compilation, through: Self.preparation + [fitting, OrderPass()], context)
    let prompt = IndexedPrompt(compilation.prompt, in: context)
    if !index.contains(prompt.head.fingerprint, of: prompt.key) {
      try advance(&compilation, through: Self.behindOrder, context)
    }
    try record(compilation, context)
  }

  /// Compiles a spec with what its context knows; the index, if there is one, is told of the prompt.
  fileprivate func compile(
    _ spec: Spec, _ context: PassContext
  ) throws(CompilationError) -> CompiledPrompt {
    var compilation = try start(spec)
    try advance(&compilation, through: Self.preparation, context)
    return try complete(&compilation, context)
  }

  /// Compiles specs as a batch.
  ///
  /// - Returns: the prompts in the sequence in which they are to be sent, each with the place of its spec
  ///   in `specs`. The same specs always give the same prompts.
  /// - Throws: `CompilationError` of the first spec that cannot be compiled.
  public func compileBatch(
    _ specs: [Spec], order: BatchOrder = .offline
  ) throws(CompilationError) -> [BatchPrompt] {
    var batch = BatchCompiler(self, order: order)
    var receiver = BatchCollector()
    do {
      for (number, spec) in specs.enumerated() {
        try batch.add(.success(spec), number: number, to: &receiver)
      }
      try batch.finish(to: &receiver)
    } catch let error as CompilationError {
      throw error
    } catch {
      throw CompilationError(file: "batch", message: "\(error)")
    }
    return receiver.prompts
  }
}

/// Keeps all prompts of a batch, and ends it at the first that cannot be compiled.
private struct BatchCollector: BatchReceiver {
  private(set) var prompts: [BatchPrompt] = []

  func wants(_ number: Int) -> Bool { true }

  mutating func receive(
    _ outcome: Result<BatchPrompt, CompilationError>, of number: Int
  ) throws(CompilationError) {
    prompts.append(try outcome.get())
  }
}
