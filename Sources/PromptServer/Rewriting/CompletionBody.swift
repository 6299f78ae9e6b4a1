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

  /// The members beside the prompt that say what the engine does with it. Of a list or an object it is only known that it is
  /// one.
  let root: JSONNode
  let prompts: [Prompt]
  /// Whether the engine puts special tokens in front of texts, where the model asks for that.
  private let hasPrefix: Bool

  /// What makes of a prompt something that is not known here.
  private static let otherInputs: [ByteString] = [
    "suffix", "truncate_prompt_tokens", "prompt_embeds",
  ]
  /// The members that are read; the first one is the prompt.
  private static let keys: [ByteString] =
    ["prompt", "add_special_tokens", "model", CacheSalt.member] + JSONNode.cacheUseKeys
    + otherInputs

  /// Reads a body, without a node for each token of a list.
  ///
  /// - Throws: `JSONSyntaxError`; `Unreadable` if there is anything but texts or lists of token ids.
  init(_ body: [UInt8]) throws {
    var members: [JSONMember] = []
    var list: PromptList?
    var reader = try JSONReader(body, loneSurrogates: .replaced)
    let object: Void? = try reader.readMembers(Self.keys) { reader, key throws(JSONSyntaxError) in
      switch key {
      case nil: try reader.skipValue()
      case 0?: list = try PromptList(from: &reader)
      case let key?:
        let isContainer = reader.isAtContainer
        if isContainer { try reader.skipValue() }
        let node = isContainer ? JSONNode(.array([JSONNode]())) : try reader.readNode()
        members.append(JSONMember(Self.keys[key], node))
      }
    }
    try reader.finish()
    root = JSONNode(.object(members))
    let root = root
    guard object != nil, let list, list.isReadable, !list.prompts.isEmpty,
      Self.otherInputs.allSatisfy({ root[$0]?.isNull ?? true })
    else { throw Unreadable() }
    prompts = list.prompts
    hasPrefix = try Self.hasPrefix(root["add_special_tokens"])
  }

  /// What else than true and false an engine takes for one of them is not known.
  private static func hasPrefix(_ node: JSONNode?) throws -> Bool {
    guard let node, !node.isNull else { return true }
    guard let isWanted = node.bool else { throw Unreadable() }
    return isWanted
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

/// The prompts of a member `prompt`: a text, a list of token ids, or a list of those.
private struct PromptList {
  private(set) var prompts: [CompletionBody.Prompt] = []
  /// Whether there is nothing else in it.
  private(set) var isReadable = true

  /// The most prompts of a body.
  private static let limit = 1 << 16

  /// Reads the value that stands next.
  init(from reader: inout JSONReader) throws(JSONSyntaxError) {
    guard reader.isAtContainer else {
      take(try reader.readNode().string.map { .text($0.bytes) })
      return
    }
    var ids: [UInt32] = []
    let list: Void? = try reader.readElements { reader throws(JSONSyntaxError) in
      guard !reader.isAtContainer else {
        take(try Self.tokens(&reader).map { .tokens($0) })
        return
      }
      let element = try reader.readNode()
      if let id = element.tokenID {
        ids.append(id)
      } else {
        take(element.string.map { .text($0.bytes) })
      }
    }
    guard list != nil, ids.isEmpty || prompts.isEmpty else {
      isReadable = false
      return
    }
    if !ids.isEmpty { prompts = [.tokens(ids)] }
  }

  private mutating func take(_ prompt: CompletionBody.Prompt?) {
    if let prompt, prompts.count < Self.limit { prompts.append(prompt) } else { isReadable = false }
  }

  /// A list of token ids; nil if it is anything else.
  private static func tokens(_ reader: inout JSONReader) throws(JSONSyntaxError) -> [UInt32]? {
    var ids: [UInt32] = []
    var isReadable = true
    let list: Void? = try reader.readElements { reader throws(JSONSyntaxError) in
      if let id = try reader.readInteger().flatMap({ UInt32(exactly: $0) }) {
        ids.append(id)
      } else {
        isReadable = false
      }
    }
    return list != nil && isReadable ? ids : nil
  }
}

extension JSONNode {
  fileprivate var tokenID: UInt32? {
    guard case .number(let number) = value else { return nil }
    return number.integer.flatMap { UInt32(exactly: $0) }
  }
}
