internal import ContextIndex
internal import Tokenization

/// A step of the compiler: a value with a name and one function from representation to
/// representation. It does no input or output and guesses nothing that a later pass knows.
protocol Pass: Sendable {
  /// The name by which `--passes` chooses it.
  var name: PassName { get }

  /// Returns `prompt` transformed; what was done is added to its notes.
  ///
  /// - Throws: `CompilationError` if the prompt cannot be compiled.
  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation
}

/// The passes in their order.
public enum PassName: String, Sendable, CaseIterable {
  case read, recall, resolve, normalize, unify, fit, order, fold, annotate, render, tokenize, seal,
    emit

  /// Whether `--passes` may leave it out.
  public var isOptional: Bool {
    switch self {
    case .recall, .normalize, .unify, .fit, .order, .fold, .annotate: true
    case .read, .resolve, .render, .tokenize, .seal, .emit: false
    }
  }
}

/// Which of the optional passes run.
public enum PassSelection: Hashable, Sendable {
  /// All.
  case all
  /// None: the plain rendering.
  case none
  /// Those named.
  case only([PassName])

  /// Whether `name` runs.
  func contains(_ name: PassName) -> Bool {
    switch self {
    case .all: true
    case .none: !name.isOptional
    case .only(let names): !name.isOptional || names.contains(name)
    }
  }
}

/// What the passes know of the world.
struct PassContext: Sendable {
  /// The model that the prompt is compiled for.
  let model: Model
  /// What puts the blocks in order; nil follows the spec's policy.
  let orderer: (any BlockOrderer)?
  /// What is believed to be cached; nil knows nothing.
  let index: ContextIndex?
  /// What the engine can reuse of what is cached.
  let cacheModel: CacheModel
  /// Now, in milliseconds, for the index.
  let time: UInt64
  /// The tokens of blocks that were compiled before.
  let blockTokens: BlockTokenCache
  /// What was computed of blocks that were compiled before.
  let knownBlocks: KnownBlocks
  /// How the chat template is called.
  let rendering: RenderSettings
  /// Whether it is found out what becomes of the prompt when the user goes on.
  let comparesNextTurn: Bool
}

extension PassContext {
  /// The tokens of a block in the prompt.
  func tokenCount(of block: ContextBlock) throws(CompilationError) -> Int {
    do {
      // References are short, and seldom come again.
      guard block.referent == nil else {
        return try model.tokenizer.count(block.frame.bytes)
      }
      return try tokens(of: block).ids.count
    } catch {
      throw CompilationError(file: "block \(block.label)", message: error.description)
    }
  }

  /// The tokens of a block that is shown, as a text of its own.
  func tokens(of block: ContextBlock) throws(TokenizerError) -> EncodedText {
    try block.tokens(in: model.tokenizer.vocabulary) { frame throws(TokenizerError) in
      let encoder = try model.tokenizer.makeEncoder()
      // What stays with the block need not be kept twice.
      return block.facts.keepsTokens
        ? try encoder.encode(frame, recordingEnds: true)
        : try blockTokens.tokens(of: frame, using: encoder)
    }
  }
}
