public import Bytes
internal import ChatTemplates
public import ContextIndex
internal import Tokenization

/// Compiles prompts: the library's face.
///
/// One call:
/// ```swift
/// let prompt = try PromptCompiler.compile(spec, model: "qwen3")
/// print(prompt.tokens.count)
/// ```
/// Many calls: make an instance; it can be used from many tasks at once, and keeps the tokens of blocks
/// that come again.
public struct PromptCompiler: Sendable {
  /// The model that prompts are compiled for.
  public let model: Model
  private let passes: PassSelection
  private let orderer: (any BlockOrderer)?
  /// What is believed to be cached.
  private(set) var index: ContextIndex?
  /// What an engine says of it; nil if it is believed.
  var heldEnds: HeldEnds?
  /// What the engine can reuse of what is cached.
  public let cacheModel: CacheModel
  private let rendering: RenderSettings
  private let comparesNextTurn: Bool
  private let blockTokens: BlockTokenCache
  private let knownBlocks: KnownBlocks

  /// Makes a compiler.
  ///
  /// - Parameters:
  ///   - passes: which of the optional passes run.
  ///   - orderer: what puts the blocks in order; nil follows the policy of each spec.
  ///   - index: what is believed to be cached; blocks are laid out so that it is used, and what was
  ///     compiled is recorded in it.
  ///   - cacheModel: what the engine can reuse; orders are chosen for it. Nil is that of the model's profile.
  ///   - rendering: how the chat template is called.
  ///   - blockMemory: the most memory for the tokens of blocks that come again and what else is known of them, in bytes.
  ///   - comparesNextTurn: whether it is found out what becomes of a prompt when the user goes on, which renders its
  ///     end once more. For a conversation with a state it always is.
  public init(
    model: Model, passes: PassSelection = .all, orderer: (any BlockOrderer)? = nil,
    index: ContextIndex? = nil, cacheModel: CacheModel? = nil,
    rendering: RenderSettings = RenderSettings(), blockMemory: Int = 1 << 24,
    comparesNextTurn: Bool = true
  ) {
    self.model = model
    self.passes = passes
    self.orderer = orderer
    self.index = index
    self.cacheModel = cacheModel ?? model.profile.cacheModel
    self.rendering = rendering
    self.comparesNextTurn = comparesNextTurn
    blockTokens = BlockTokenCache(for: model.tokenizer, limit: blockMemory / 4)
    knownBlocks = KnownBlocks(limit: blockMemory * 3 / 4)
  }

  /// Loads the model called `name` and compiles one spec for it.
  ///
  /// - Throws: `CompilationError`.
  public static func compile(
    _ spec: Spec, model name: ByteString
  ) throws(CompilationError) -> CompiledPrompt {
    try PromptCompiler(model: try Model.named(name)).compile(spec)
  }

  /// Compiles a spec.
  ///
  /// - Parameters:
  ///   - explaining: whether the tokens before and after each pass are counted, which renders the
  ///     prompt once more for each.
  ///   - time: now, in milliseconds since any fixed moment, for an index in which entries age.
  /// - Throws: `CompilationError` with everything that is wrong with the spec.
  public func compile(
    _ spec: Spec, explaining: Bool = false, at time: UInt64 = 0
  ) throws(CompilationError) -> CompiledPrompt {
    let context = passContext(at: time)
    var compilation = try start(spec, explaining: explaining)
    try advance(&compilation, through: Self.preparation, context)
    return try complete(&compilation, context)
  }

  /// What tells the contents of a spec's blocks from others, as an index has labels for them.
  ///
  /// - Throws: `CompilationError`.
  public func contents(of spec: Spec) throws(CompilationError) -> [BlockFingerprint] {
    var compilation = try start(spec)
    try advance(&compilation, through: [ResolvePass(), NormalizePass()], passContext())
    return compilation.prompt.blocks.map { $0.contentFingerprint }
  }

  /// A spec as an index sees it: what the prompt begins with and the blocks that it shows, most important
  /// first.
  ///
  /// - Parameter state: what was sent in earlier turns of the conversation.
  /// - Throws: `CompilationError`.
  public func contextRequest(
    of spec: Spec, state: ConversationState? = nil
  ) throws(CompilationError) -> ContextRequest {
    var compilation = try start(spec)
    let context = passContext()
    let recall = state.map { [RecallPass(state: $0)] } ?? []
    // The order of what is pinned first is a part of the beginning.
    try advance(&compilation, through: recall + Self.preparation + [OrderPass()], context)
    let shown = compilation.prompt.blocks.filter { $0.referent == nil }
    let indexed = IndexedPrompt(compilation.prompt, in: context)
    return indexed.request(
      shown.filter { $0.pin != .first }.sorted(by: BlockKey(.importance).precedes))
  }

  /// Returns the number of tokens of a spec's plain rendering: every optional pass left out.
  public func plainTokenCount(_ spec: Spec) throws(CompilationError) -> Int {
    let context = passContext()
    let prompt = try start(spec).prompt
    return try tokenCount(of: try ResolvePass().run(prompt, in: context), context)
  }

  /// The passes that do not depend on what other prompts look like.
  static let preparation: [any Pass] = [ResolvePass(), NormalizePass(), UnifyPass()]
  /// The passes behind them.
  static let completion: [any Pass] = [OrderPass()] + behindOrder
  /// The passes behind the order of the blocks.
  static let behindOrder: [any Pass] = [FoldPass(), AnnotatePass(), RenderPass()] + sealing
  /// The passes behind the text.
  static let sealing: [any Pass] = [TokenizePass(), SealPass()]
  /// The passes from the order of the blocks to the text.
  static let layout: [any Pass] = Array(completion.dropLast(sealing.count))

  private func tokenCount(
    of prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> Int {
    let prompt = try RenderPass().run(prompt, in: context)
    return try TokenizePass.encoded(prompt, in: context)?.ids.count ?? 0
  }
}

/// A spec on its way through the passes.
struct Compilation: Sendable {
  var prompt: PromptRepresentation
  /// What the passes did so far.
  var records: [PassRecord] = []
  /// Whether tokens are counted after each pass.
  let isExplaining: Bool
  /// The tokens behind the last pass, where they are counted.
  fileprivate var tokenCount: Int?
}

extension PromptCompiler {
  /// What the passes are to know.
  func passContext(at time: UInt64 = 0, isConversation: Bool = false) -> PassContext {
    PassContext(
      model: model, orderer: orderer, index: index, cacheModel: cacheModel, time: time,
      blockTokens: blockTokens, knownBlocks: knownBlocks, rendering: rendering,
      comparesNextTurn: comparesNextTurn || isConversation)
  }

  /// Begins to compile a spec.
  func start(
    _ spec: Spec, explaining: Bool = false
  ) throws(CompilationError) -> Compilation {
    try rendering.ending.check(spec)
    return Compilation(
      prompt: PromptRepresentation(spec, ending: rendering.ending), isExplaining: explaining)
  }

  /// Runs those of some passes that are chosen.
  func advance(
    _ compilation: inout Compilation, through pipeline: [any Pass], _ context: PassContext
  ) throws(CompilationError) {
    // The last pass that changes the texts of blocks; behind it one label is one block.
    let lastOfText = passes.contains(.normalize) ? PassName.normalize : .resolve
    for pass in pipeline where passes.contains(pass.name) {
      compilation.prompt = try pass.run(compilation.prompt, in: context)
      if pass.name == lastOfText {
        let prompt = compilation.prompt
        let faults = BlockLabels.faults(in: prompt.blocks, of: prompt.spec)
        guard faults.isEmpty else { throw CompilationError(faults) }
      }
      var record = PassRecord(name: pass.name, notes: compilation.prompt.notes)
      compilation.prompt.notes = []
      if compilation.isExplaining {
        record.tokensBefore = compilation.tokenCount
        if let count = compilation.prompt.encoded?.ids.count {
          compilation.tokenCount = count
        } else {
          compilation.tokenCount = try tokenCount(of: compilation.prompt, context)
        }
        record.tokensAfter = compilation.tokenCount
      }
      compilation.records.append(record)
    }
  }

  /// Runs the passes that are left, and records the prompt in the index, if there is one.
  func complete(
    _ compilation: inout Compilation, _ context: PassContext
  ) throws(CompilationError) -> CompiledPrompt {
    let prepared = compilation
    var compiled = try finish(&compilation, context)
    var corrections = 0
    while corrections < Self.correctionLimit, corrects(compilation, compiled, context) {
      corrections += 1
      compilation = prepared
      compiled = try finish(&compilation, context)
    }
    compiled.sent = try record(compilation, context)
    return compiled
  }

  /// Runs the passes that are left.
  func finish(
    _ compilation: inout Compilation, _ context: PassContext
  ) throws(CompilationError) -> CompiledPrompt {
    try sealed(&compilation, through: [fitting] + Self.completion, context)
  }

  /// Runs the last passes.
  func sealed(
    _ compilation: inout Compilation, through pipeline: [any Pass], _ context: PassContext
  ) throws(CompilationError) -> CompiledPrompt {
    try advance(&compilation, through: pipeline, context)
    guard let compiled = CompiledPrompt(compilation, model: model) else {
      throw CompilationError(
        file: compilation.prompt.spec.name, message: "the passes gave no prompt")
    }
    return compiled
  }

  /// The pass that chooses the blocks, around those that lay them out.
  var fitting: FitPass {
    let layout = Self.completion.prefix { $0.name != .render }
    return FitPass(around: layout.filter { passes.contains($0.name) })
  }

  /// The prompt with the blocks that fit its budget as far as is known before other prompts are.
  func fitted(
    _ prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard passes.contains(.fit), prompt.spec.policy.budget != nil else { return prompt }
    return try fitting.run(prompt, in: context)
  }

  /// The same compiler with another index, or none.
  func with(index: ContextIndex?) -> PromptCompiler {
    var copy = self
    copy.index = index
    return copy
  }

  /// Records in the index, if there is one, a prompt whose blocks are in order.
  @discardableResult
  func record(
    _ compilation: Compilation, _ context: PassContext
  ) throws(CompilationError) -> SentRequest? {
    guard let index else { return nil }
    return try IndexedPrompt(compilation.prompt, in: context).record(in: index, context)
  }
}

/// What a pass did.
public struct PassRecord: Sendable {
  /// The pass.
  public let name: PassName
  /// The tokens of the prompt before it, where they were counted.
  public var tokensBefore: Int?
  /// The tokens of the prompt after it, where they were counted.
  public var tokensAfter: Int?
  /// What it changed, for people.
  public let notes: [String]

  init(name: PassName, notes: [String]) {
    self.name = name
    self.notes = notes
  }
}
