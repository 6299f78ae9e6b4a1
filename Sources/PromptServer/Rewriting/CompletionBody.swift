internal import Bytes
internal import OrderedJSON
internal import Tokenization

/// A body of `/v1/completions`, whose prompts no chat template is for.
struct CompletionBody {
  /// One prompt.
  enum Prompt {
    case text([UInt8])
    case tokens([UInt32])
  }

  /// Why a body's prompts are not known.
  struct Unreadable: Error {}

  let root: JSONNode
  let prompts: [Prompt]
  /// Whether the engine puts special tokens in front of texts, where the model asks for that.
  private let hasPrefix: Bool

  /// What makes of a prompt something that is not known here.
  private static let otherInputs: [ByteString] = [
    "suffix", "truncate_prompt_tokens", "prompt_embeds",
  ]

  /// Reads a body.
  ///
  /// - Throws: `JSONSyntaxError`; `Unreadable` if there is anything but texts or lists of token ids.
  init(_ body: [UInt8]) throws {
    root = try JSONParser.parse(body, loneSurrogates: .replaced)
    let root = root
    guard let prompt = root["prompt"], Self.otherInputs.allSatisfy({ root[$0]?.isNull ?? true })
    else { throw Unreadable() }
    hasPrefix = try Self.hasPrefix(root["add_special_tokens"])
    guard let elements = prompt.elements, elements.first?.number == nil else {
      prompts = [try Self.prompt(prompt)]
      return
    }
    prompts = try elements.map(Self.prompt)
    guard !prompts.isEmpty else { throw Unreadable() }
  }

  /// What else than true and false an engine takes for one of them is not known.
  private static func hasPrefix(_ node: JSONNode?) throws -> Bool {
    guard let node, !node.isNull else { return true }
    guard let isWanted = node.bool else { throw Unreadable() }
    return isWanted
  }

  private static func prompt(_ node: JSONNode) throws -> Prompt {
    if let text = node.string { return .text(text.bytes) }
    guard let elements = node.elements else { throw Unreadable() }
    return .tokens(
      try elements.map { element in
        guard let id = element.number?.integer.flatMap({ UInt32(exactly: $0) }) else {
          throw Unreadable()
        }
        return id
      })
  }

  /// The tokens of each prompt.
  ///
  /// - Parameter prefix: what stands in front of texts; nil if that is not known.
  /// - Throws: `Unreadable` if that is needed, or if a prompt has no tokens; `TokenizerError`.
  func tokens(_ tokenizer: Tokenizer, prefix: [UInt32]?) throws -> [[UInt32]] {
    try prompts.map { prompt in
      let tokens: [UInt32]
      switch prompt {
      case .tokens(let ids): tokens = ids
      case .text(let text):
        guard let prefix = hasPrefix ? prefix : [] else { throw Unreadable() }
        tokens = prefix + (try tokenizer.encode(text))
      }
      guard !tokens.isEmpty else { throw Unreadable() }
      return tokens
    }
  }
}

extension JSONNode {
  fileprivate var number: JSONNumber? {
    if case .number(let number) = value { number } else { nil }
  }
}
