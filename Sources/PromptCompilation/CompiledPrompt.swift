public import Bytes
internal import ChatTemplates
public import ContextIndex
internal import OrderedJSON
internal import Tokenization

/// A compiled prompt: its text, its tokens, and where everything stands in them.
public struct CompiledPrompt: Sendable {
  /// The model's name.
  public let model: ByteString
  /// The text that the engine sees, in UTF-8.
  public let text: [UInt8]
  /// The token ids that the engine computes.
  public let tokens: [UInt32]
  /// The record that goes with the prompt.
  public let seal: Seal
  /// What each pass did, in order.
  public let passes: [PassRecord]
  /// What is worth a warning.
  public internal(set) var warnings: [Diagnostic]
  /// What becomes of the prompt when the user goes on; nil where it does not end for an answer, or
  /// the compiler does not compare it.
  public let nextTurn: NextTurn?
  /// The blocks in the order of the prompt.
  public let blocks: [ContextBlock]
  /// What became of the blocks to fit a budget; nil if there is none.
  public let fit: FittedBudget?

  /// Whose prompt it is; empty if the spec names no tenant.
  public var tenant: ByteString { spec.tenant ?? "" }
  /// How it goes on from the prompts before it; nil where no state of a conversation was given.
  public internal(set) var continued: ContinuedConversation?

  /// What was recorded of it in an index; nil where there is none.
  public internal(set) var sent: SentRequest?

  let spec: Spec
  let messages: [PromptMessage]
  let ending: PromptEnding
  let templateArguments: [JSONMember]

  init?(_ compilation: Compilation, model: Model) {
    let prompt = compilation.prompt
    guard let rendered = prompt.rendered, let encoded = prompt.encoded, let seal = prompt.seal
    else { return nil }
    self.model = model.profile.name
    text = rendered.bytes
    tokens = encoded.ids
    self.seal = seal
    passes = compilation.records
    warnings = prompt.warnings
    nextTurn = prompt.nextTurn
    blocks = prompt.blocks
    fit = prompt.fit
    spec = prompt.spec
    messages = prompt.messages
    ending = prompt.ending
    templateArguments = prompt.templateArguments
  }

  /// For each block that is shown, in the order of the prompt, its place among them in the order of
  /// importance; `ImportanceGuard` says how far they moved.
  public var importanceOrder: [Int] {
    let ranks = blocks.filter { $0.referent == nil }.map(\.importanceRank)
    let sorted = ranks.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    var order = [Int](repeating: 0, count: ranks.count)
    for (place, index) in sorted.enumerated() { order[index] = place }
    return order
  }

  /// The text of a section.
  public func text(of section: Section) -> ArraySlice<UInt8> {
    text[section.bytes.start..<section.bytes.end]
  }

  /// The tokens of a section.
  public func tokens(of section: Section) -> ArraySlice<UInt32> {
    tokens[section.tokens.start..<section.tokens.end]
  }
}
