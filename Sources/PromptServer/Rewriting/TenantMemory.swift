internal import Bytes
internal import ContextIndex
internal import ContextStore
internal import OrderedJSON
internal import PromptCompilation
internal import Synchronization
internal import Tokenization

/// What is remembered of one tenant's prompts. Nothing else of the server is: whoever drops it has forgotten the
/// tenant.
final class TenantMemory: Sendable {
  let key: IndexKey
  private let compiler: PromptCompiler
  /// Compiles what is not sent.
  private let trial: PromptCompiler
  private let store: ContextStore?
  private let isStateless: Bool
  private let cache: PredictedCache
  private let conversations: Mutex<RecentStates> = Mutex(RecentStates())
  private let folder: Mutex<Loan<BodyFolder>?> = Mutex(nil)
  private let marker: Mutex<Loan<CacheMarker>?> = Mutex(nil)
  private let corrections = TokenCorrections()
  private let textPrefix: [UInt32]?
  let escaper: ControlTokenEscaper
  let metrics: ServerMetrics
  private let index: ContextIndex?
  private let unfinished = UnfinishedPrompts()
  /// What of the index is on its way; nil if nothing is remembered.
  private let ledger: IndexLedger?
  /// What follows the engine; nil if nothing does.
  let following: EngineFollowing?
  let cacheSalt: CacheSalt?
  private let documents: Mutex<RecentRewriters> = Mutex(RecentRewriters())

  /// The most memory for the tokens of blocks that come again, in bytes.
  private static let blockMemory = 8 << 20

  init(_ tenant: Tenant, of shared: SharedMemory) {
    key = IndexKey(tenant: tenant.name, model: shared.model.profile.name)
    store = shared.store
    textPrefix = shared.textPrefix
    escaper = ControlTokenEscaper(shared.model.tokenizer)
    metrics = shared.metrics
    index = shared.index
    isStateless = shared.index == nil
    following = shared.following
    cacheSalt = shared.cacheSalt
    compiler = PromptCompiler(
      model: shared.model, index: shared.index, cacheModel: shared.cacheModel,
      blockMemory: Self.blockMemory, comparesNextTurn: false)
    trial = PromptCompiler(
      model: shared.model, cacheModel: shared.cacheModel, blockMemory: 0, comparesNextTurn: false)
    cache =
      shared.engineCache
      ?? PredictedCache(compiler.cacheModel, tokens: shared.cacheTokens, shared.metrics)
    let cacheModel = compiler.cacheModel
    ledger = shared.index.map { IndexLedger($0, cacheModel, shared.metrics) }
  }

  /// Compiles a spec of the tenant's, and returns what it puts in front of the user's words.
  ///
  /// One that the upstream does not compute is not remembered. One that may come again is laid out by what it says alone,
  /// and by its conversation.
  ///
  /// - Parameter root: the body of the request.
  func compile(
    _ spec: Spec, of request: PromptRequest, in root: JSONNode
  ) throws(CompilationError) -> [MessageInsertion] {
    guard request.endpoint.isComputed else { return try trial.layOut(spec).insertions }
    unfinished.finish()
    let isContinued = !isStateless && compiler.conversationKey(of: spec) != nil
    guard !request.isRepeatable else {
      return isContinued
        ? try compile(spec, trial, request.sent).insertions : try trial.layOut(spec).insertions
    }
    guard isContinued || following != nil else { return try layOut(spec, request.sent) }
    let names = EngineNames(root, of: request, cacheSalt)
    following?.expect(request)
    let prompt = try compile(spec, corrected(compiler, names, request), request.sent)
    following?.expect(request, EnginePrompt(names: names, tokens: prompt.tokens))
    return prompt.insertions
  }

  /// Compiles a spec as far as is needed to send it; it is remembered behind that.
  private func layOut(
    _ spec: Spec, _ sent: SentPrompt
  ) throws(CompilationError) -> [MessageInsertion] {
    let prompt = try compiler.layOut(spec, at: UTCTime.milliseconds)
    guard !isStateless else { return prompt.insertions }
    unfinished.append {
      // What cannot be sealed is of use without being remembered.
      guard let request = try? prompt.completed().sent else { return }
      self.note([request], isExact: true, sent)
    }
    return prompt.insertions
  }

  /// Does what is left to do for prompts that were sent.
  func finishPrompts() { unfinished.finish() }

  /// Leaves undone what is left to do: the tenant is forgotten.
  func dropPrompts() { unfinished.drop() }

  /// - Parameter sent: keeps what is taken for sent.
  private func compile(
    _ spec: Spec, _ compiler: PromptCompiler, _ sent: SentPrompt
  ) throws(CompilationError) -> CompiledPrompt {
    guard !isStateless, let key = compiler.conversationKey(of: spec) else {
      let prompt = try compiler.compile(spec, at: UTCTime.milliseconds)
      note([prompt.sent].compactMap { $0 }, isExact: true, sent)
      return prompt
    }
    var state = state(of: key)
    let prompt = try compiler.compile(spec, state: &state, at: UTCTime.milliseconds)
    note([prompt.sent].compactMap { $0 }, isExact: true, sent)
    if let state { sent.add(SentTurn(memory: self, state: state)) }
    return prompt
  }

  private func note(_ requests: [SentRequest], isExact: Bool, _ sent: SentPrompt) {
    guard let ledger else { return }
    for request in requests { sent.add(ledger.begin(request, isExact: isExact)) }
  }

  /// A turn of a conversation: the next one goes on from it if it was answered.
  private struct SentTurn: SentRecord {
    let memory: TenantMemory
    let state: ConversationState

    func confirm() { memory.conversations.withLock { $0.keep(state) } }
    func finish(_ reply: PromptReply) { memory.save(state) }
  }

  private func state(of key: ConversationState.Key) -> ConversationState? {
    if let known = conversations.withLock({ $0.state(of: key.conversation) }) { return known }
    // A state that cannot be read is as good as none: what was sent is shown again.
    let bytes = try? store?.conversation(key.conversation, of: self.key, at: UTCTime.milliseconds)
    return bytes.flatMap { try? ConversationState(bytes: $0, for: key) }
  }

  private func save(_ state: ConversationState) {
    // A prompt is of use without being remembered.
    try? store?.save(
      state.bytes, turns: state.turns.count, ofConversation: state.key.conversation, of: key,
      at: UTCTime.milliseconds)
  }

  /// Lends the folder of the tenant's bodies, which knows the last one.
  func withFolder<Result>(
    _ body: (inout BodyFolder) throws(CompilationError) -> Result
  ) throws(CompilationError) -> Result {
    try Loan.lend(folder) { () throws(CompilationError) in
      try BodyFolder(tokenizer: compiler.model.tokenizer)
    } _: { folder throws(CompilationError) in
      try body(&folder)
    }
  }

  /// Puts cache marks into a body of the tenant's.
  func mark(
    _ source: SourceText, _ sent: SentPrompt,
    _ make: (Tokenizer) throws(CompilationError) -> CacheMarker
  ) throws(CompilationError) -> MarkedBody {
    let body = try Loan.lend(marker) { () throws(CompilationError) in
      try make(compiler.model.tokenizer)
    } _: { marker throws(CompilationError) in
      marker.corrections = corrections.all
      return try marker.mark(source, tenant: key.tenant)
    }
    if let record = corrections.learn(from: body) { sent.add(record) }
    return body
  }

  /// Puts the documents of a body in order; nil if nothing is remembered by which that could be done.
  ///
  /// One body of the tenant's is rewritten after another: the orders that one got are those that the next is
  /// given, so none must be lost.
  ///
  /// - Parameter folds: whether the body is folded behind that.
  func arrange(
    _ source: SourceText, _ settings: DocumentSettings, of request: PromptRequest, folds: Bool
  ) throws(CompilationError) -> RewrittenBody? {
    guard let index else { return nil }
    unfinished.finish()
    following?.expect(request)
    let (model, key, cacheModel) = (compiler.model, key, compiler.cacheModel)
    let body = try documents.withLock { documents throws(CompilationError) in
      try documents.withRewriter(settings) { () throws(CompilationError) in
        try DocumentRewriter(
          settings, index: index, model: key.model, cacheModel: cacheModel,
          estimate: TokenEstimate(model.tokenizer))
      } _: { rewriter throws(CompilationError) in
        try rewriter.rewrite(
          source, tenant: key.tenant, at: UTCTime.milliseconds,
          held: heldDocuments(compiler, of: request, folds: folds))
      }
    }
    note(body.sent, isExact: false, request.sent)
    return body
  }

  /// Counts a prompt that is sent: its tokens, and how many of them the engine should still have.
  func predict(_ body: PlainBody, of request: PromptRequest) throws -> PromptPrediction {
    unfinished.finish()
    let prompt = try compiler.plainPrompt(body.spec)
    if prompt.controlTokenCount > 0 {
      metrics.add(prompt.controlTokenCount, to: .controlTokens, "kept")
    }
    return try predict(prompt.tokens, body.root, of: request)
  }

  /// The same for prompts that are no conversations. Of several at once only the tokens are counted.
  func predict(_ body: CompletionBody, of request: PromptRequest) throws -> PromptPrediction {
    let prompts = try body.tokens(compiler.model.tokenizer, prefix: textPrefix)
    if prompts.count == 1, let tokens = prompts.first {
      return try predict(tokens, body.root, of: request)
    }
    let count = prompts.reduce(0) { $0 + $1.count }
    request.sent.note(countedTokens: count)
    return PromptPrediction(promptTokens: count, cachedTokens: nil)
  }

  private func predict(
    _ tokens: [UInt32], _ root: JSONNode, of request: PromptRequest
  ) throws -> PromptPrediction {
    let readsCache = root.readsCache(at: request.endpoint)
    request.sent.note(countedTokens: tokens.count, readsCache: readsCache)
    // What is simulated goes on, for when the engine is not followed.
    let record = try cache.begin(tokens) { [tokenizer = compiler.model.tokenizer] reply in
      reply.generatedTokens(tokenizer)
    }
    request.sent.add(record)
    guard readsCache else { return PromptPrediction(promptTokens: tokens.count, cachedTokens: 0) }
    let followed = cachedTokens(
      of: EnginePrompt(names: EngineNames(root, of: request, cacheSalt), tokens: tokens),
      request, page: compiler.cacheModel.pageSize)
    return PromptPrediction(
      promptTokens: tokens.count, cachedTokens: followed ?? record.cachedTokens)
  }
}

/// Something that one thread may have at a time. It is taken out of its place while it is used; who finds the
/// place empty makes another.
private final class Loan<Value>: @unchecked Sendable {
  private var value: Value

  private init(_ value: Value) {
    self.value = value
  }

  static func lend<Result>(
    _ place: borrowing Mutex<Loan<Value>?>, _ make: () throws(CompilationError) -> Value,
    _ body: (inout Value) throws(CompilationError) -> Result
  ) throws(CompilationError) -> Result {
    let kept = place.withLock { kept in
      defer { kept = nil }
      return kept
    }
    let loan: Loan
    if let kept { loan = kept } else { loan = Loan(try make()) }
    let result = try body(&loan.value)
    place.withLock { $0 = loan }
    return result
  }
}

/// The rewriters of one tenant's documents, of the settings that were used last.
private struct RecentRewriters {
  private var rewriters: [(settings: DocumentSettings, rewriter: DocumentRewriter)] = []
  /// The most settings.
  private static let limit = 4

  mutating func withRewriter<Result>(
    _ settings: DocumentSettings, _ make: () throws(CompilationError) -> DocumentRewriter,
    _ body: (inout DocumentRewriter) throws(CompilationError) -> Result
  ) throws(CompilationError) -> Result {
    var entry: (settings: DocumentSettings, rewriter: DocumentRewriter)
    if let place = rewriters.firstIndex(where: { $0.settings == settings }) {
      entry = rewriters.remove(at: place)
    } else {
      entry = (settings, try make())
    }
    defer {
      rewriters.append(entry)
      if rewriters.count > Self.limit { rewriters.removeFirst() }
    }
    return try body(&entry.rewriter)
  }
}

/// The states of the conversations that went on last.
struct RecentStates {
  private var states: [ByteString: (state: ConversationState, bytes: Int, use: Int)] = [:]
  private var bytes = 0
  private var uses = 0
  /// The most bytes and the most states.
  private static let limits = (bytes: 16 << 20, states: 256)

  mutating func state(of conversation: ByteString) -> ConversationState? {
    uses += 1
    states[conversation]?.use = uses
    return states[conversation]?.state
  }

  mutating func keep(_ state: ConversationState) {
    uses += 1
    let id = state.key.conversation
    let size = state.bytes.count
    bytes += size - (states[id]?.bytes ?? 0)
    states[id] = (state, size, uses)
    while states.count > 1, bytes > Self.limits.bytes || states.count > Self.limits.states,
      let oldest = states.min(by: { $0.value.use < $1.value.use })
    {
      bytes -= oldest.value.bytes
      states[oldest.key] = nil
    }
  }
}
