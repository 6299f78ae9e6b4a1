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
/// that come again, in up to 16 MiB.
public struct PromptCompiler: Sendable {
  /// The model that prompts are compiled for.
  public let model: Model
  private let passes: PassSelection
  private let orderer: (any BlockOrderer)?
  private let index: ContextIndex?
  private let rendering: RenderSettings
  private let blockTokens: BlockTokenCache

  /// Makes a compiler.
  ///
  /// - Parameters:
  ///   - passes: which of the optional passes run.
  ///   - orderer: what puts the blocks in order; nil follows the policy of each spec.
  ///   - index: what is believed to be cached; blocks are laid out so that it is used, and what was
  ///     compiled is recorded in it.
  ///   - rendering: how the chat template is called.
  public init(
    model: Model, passes: PassSelection = .all, orderer: (any BlockOrderer)? = nil,
    index: ContextIndex? = nil, rendering: RenderSettings = RenderSettings()
  ) {
    self.model = model
    self.passes = passes
    self.orderer = orderer
    self.index = index
    self.rendering = rendering
    blockTokens = BlockTokenCache(for: model.tokenizer, limit: 1 << 24)
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
    let context = PassContext(
      model: model, orderer: orderer, index: index, time: time, blockTokens: blockTokens,
      rendering: rendering)
    try rendering.ending.check(spec)
    var prompt = PromptRepresentation(spec, ending: rendering.ending)
    var records: [PassRecord] = []
    var measured: Int?
    // The last pass that changes the texts of blocks; behind it one label is one block.
    let lastOfText = passes.contains(.normalize) ? PassName.normalize : .resolve
    for pass in Self.pipeline where passes.contains(pass.name) {
      prompt = try pass.run(prompt, in: context)
      if pass.name == lastOfText {
        let faults = BlockLabels.faults(in: prompt.blocks, of: spec)
        guard faults.isEmpty else { throw CompilationError(faults) }
      }
      var record = PassRecord(name: pass.name, notes: prompt.notes)
      prompt.notes = []
      if explaining {
        record.tokensBefore = measured
        if let count = prompt.encoded?.ids.count {
          measured = count
        } else {
          measured = try tokenCount(of: prompt, context)
        }
        record.tokensAfter = measured
      }
      records.append(record)
    }
    guard let compiled = CompiledPrompt(prompt, model: model, records: records) else {
      throw CompilationError(file: spec.name, message: "the passes gave no prompt")
    }
    if let index { IndexedPrompt(prompt, in: context).record(in: index, at: time) }
    return compiled
  }

  /// Returns the number of tokens of a spec's plain rendering: every optional pass left out.
  public func plainTokenCount(_ spec: Spec) throws(CompilationError) -> Int {
    let context = PassContext(
      model: model, orderer: nil, index: nil, time: 0, blockTokens: nil, rendering: rendering)
    try rendering.ending.check(spec)
    let prompt = PromptRepresentation(spec, ending: rendering.ending)
    return try tokenCount(of: try ResolvePass().run(prompt, in: context), context)
  }

  private static let pipeline: [any Pass] = [
    ResolvePass(), NormalizePass(), UnifyPass(), OrderPass(), AnnotatePass(), RenderPass(),
    TokenizePass(), SealPass(),
  ]

  private func tokenCount(
    of prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> Int {
    let rendered = try RenderPass().run(prompt, in: context).rendered
    do {
      return try model.tokenizer.count(rendered?.bytes ?? [])
    } catch {
      throw CompilationError(file: prompt.spec.name, message: error.description)
    }
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
