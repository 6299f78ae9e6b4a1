internal import Bytes
internal import ContextIndex
internal import ContextStore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import OrderedJSON
internal import PromptCompilation
internal import Synchronization

/// Does to prompts what the configuration's mode says, on threads of its own.
final class PromptRewriter: RequestRewriting {
  private let memory: SharedMemory
  private let steps: [any BodyStep]
  private let isExplicit: Bool
  private let controlTokens: ControlTokenStep?
  private let logger: Logger
  /// Compiles, and counts: the first must not wait for the second.
  private let compiling: NIOThreadPool
  private let counting: NIOThreadPool
  private let backlog = CountingBacklog()
  private let prompts: CountingQueue
  private let saving: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// How long changes of the index wait for others.
  private static let savingDelay = Duration.seconds(1)

  /// Makes a rewriter; nil if there is no model.
  ///
  /// - Throws: `ConfigurationError` if the model or the index cannot be used.
  init?(
    _ configuration: ServerConfiguration, metrics: ServerMetrics, _ following: EngineFollowing?,
    logger: Logger
  ) throws(ConfigurationError) {
    guard let name = configuration.model else { return nil }
    memory = try SharedMemory(configuration, name, metrics, following)
    let control = ControlTokenStep(configuration.controlTokens)
    controlTokens = control
    let first: [any BodyStep] = [control].compactMap { $0 }
    let compile = CompileStep(
      blockLimit: configuration.limits.blocks, controlTokens: configuration.controlTokens)
    switch configuration.mode {
    case .observe: steps = []
    case .safe: steps = first + [DocumentStep(isDefault: false), compile]
    // Documents that stand in the order of earlier requests repeat more of them. What stands in the body is
    // folded before the blocks come in front of it.
    case .optimize:
      let mark = try MarkStep(
        configuration.cloudProvider, isExtended: configuration.isCacheExtended)
      let steps: [any BodyStep] = [DocumentStep(isDefault: true), FoldStep(), compile]
      self.steps = first + steps + [mark].compactMap { $0 }
    }
    isExplicit = configuration.mode != .observe
    self.logger = logger
    compiling = NIOThreadPool(numberOfThreads: configuration.workers ?? System.coreCount)
    counting = NIOThreadPool(numberOfThreads: 1)
    prompts = CountingQueue(on: counting)
    compiling.start()
    counting.start()
  }

  var index: ContextIndex? { memory.index }
  /// The file of the index; nil if there is none.
  var store: ContextStore? { memory.store }
  var statistics: IndexTotals { memory.totals }

  func rewrite(_ request: PromptRequest, body: [UInt8]) async throws -> RewrittenRequest? {
    guard !steps.isEmpty else { return nil }
    let (memory, steps, controlTokens) = (memory, steps, controlTokens)
    request.sent.settles(on: counting)
    let rewritten = try await compiling.runUnlessCancelled {
      do throws(TooManyValues) {
        try BodyExtent.check(body)
      } catch {
        guard Self.mustRewrite(request, unread: body, controlTokens) else { throw error }
        throw RewriteRefusal(message: "request: error: \(error)")
      }
      let tenant = try memory.memory(of: request.tenant)
      var result: RewrittenRequest?
      for step in steps where !(request.isRepeatable && step.isOptional) {
        guard let next = try step.rewrite(result?.body ?? body, of: request, in: tenant) else {
          continue
        }
        result = RewrittenRequest(
          body: next.body, savedTokens: next.savedTokens + (result?.savedTokens ?? 0),
          documents: next.documents ?? result?.documents)
      }
      return result
    }
    saveSoon()
    if memory.store != nil { request.sent.add(SavedChange(rewriter: self)) }
    return rewritten
  }

  func mustRewrite(_ request: PromptRequest, body: [UInt8]) async -> Bool {
    guard isExplicit else { return false }
    let escaper = ControlTokenEscaper(memory.model.tokenizer)
    return await computing(over: body.count) { [controlTokens] in
      guard BodyExtent.isReadable(body) else {
        return Self.mustRewrite(request, unread: body, controlTokens)
      }
      return ExplicitBlocks.areNamed(in: body)
        || controlTokens?.applies(to: body, of: request, escaper) == true
    }
  }

  /// The same of a body that has too many values to be read.
  private static func mustRewrite(
    _ request: PromptRequest, unread body: [UInt8], _ controlTokens: ControlTokenStep?
  ) -> Bool {
    // What has no messages is text for the engine, control tokens and all.
    controlTokens != nil && request.endpoint != .completions || ExplicitBlocks.areNamed(in: body)
  }

  func measure(_ request: PromptRequest, body: [UInt8]) async -> PromptPrediction? {
    request.sent.settles(on: counting)
    guard backlog.enter(bytes: body.count) else {
      memory.metrics.add(to: .uncounted, "queue")
      return nil
    }
    defer { backlog.leave(bytes: body.count) }
    let (memory, logger) = (memory, logger)
    return await prompts.run(at: request.counting) {
      // What is learned from a reply that has ended comes right behind.
      defer { request.sent.endCounting() }
      do {
        if request.endpoint == .completions {
          let body = try CompletionBody(body)
          return try memory.memory(of: request.tenant).predict(body, of: request)
        }
        try BodyExtent.check(body)
        return try memory.memory(of: request.tenant).predict(PlainBody(body), of: request)
      } catch {
        memory.metrics.add(
          to: .uncounted, error is TooManyValues ? TooManyValues.reason : "unreadable")
        logger.debug(
          "not counted", metadata: ["request_id": "\(request.id)", "error": "\(type(of: error))"])
        return nil
      }
    }
  }

  /// Has what is learned from a reply written to the file.
  private struct SavedChange: SentRecord {
    let rewriter: PromptRewriter

    func retract(_ failure: SendFailure) { rewriter.saveSoon() }
    func finish(_ reply: PromptReply) { rewriter.saveSoon() }
  }

  /// Writes the index to its file within a second, so that many requests share a transaction.
  func saveSoon() {
    guard memory.store != nil else { return }
    saving.withLock { saving in
      guard saving == nil else { return }
      saving = Task {
        // `close` saves what is left.
        guard (try? await Task.sleep(for: Self.savingDelay)) != nil else { return }
        self.saving.withLock { $0 = nil }
        await self.save()
      }
    }
  }

  private func save() async {
    let memory = memory
    do {
      try await counting.runIfActive { try memory.save() }
    } catch {
      logger.warning("index not saved", metadata: ["error": "\(error)"])
    }
  }

  /// Saves the index and ends the threads.
  func close() async {
    // What the last replies changed is saved below: nothing is to be saved later.
    saving.withLock { saving in
      saving?.cancel()
      saving = Task {}
    }
    // Behind the prompts that still wait to be counted.
    _ = await prompts.run(at: CountingTurn()) { true }
    if memory.store != nil { await save() }
    try? await compiling.shutdownGracefully()
    try? await counting.shutdownGracefully()
  }
}
