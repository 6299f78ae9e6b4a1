internal import Bytes
internal import OrderedJSON

extension AddedToken {
  /// Reads an entry of `added_tokens`, as `tokenizer.json` and the metadata section spell it; nil if
  /// it has no id in range or no text. Flags that are absent are false.
  init?(_ node: JSONNode) {
    guard case .number(let number)? = node["id"]?.value, let id = number.integer,
      (0..<VocabularyFormat.tokenLimit).contains(id),
      case .string(let content)? = node["content"]?.value, !content.isEmpty
    else { return nil }
    func flag(_ key: ByteString) -> Bool {
      if case .bool(true)? = node[key]?.value { true } else { false }
    }
    self.init(
      id: UInt32(id), content: content, isSpecial: flag("special"), stripsLeft: flag("lstrip"),
      stripsRight: flag("rstrip"), isSingleWord: flag("single_word"),
      isNormalized: flag("normalized"))
  }

  /// The JSON form; flags that are false are left out.
  var json: JSONValue {
    let flags: [(ByteString, Bool)] = [
      ("special", isSpecial), ("lstrip", stripsLeft), ("rstrip", stripsRight),
      ("single_word", isSingleWord), ("normalized", isNormalized),
    ]
    return .object(
      [
        JSONMember("id", JSONNode(.integer(Int(id)))),
        JSONMember("content", JSONNode(.string(content))),
      ] + flags.filter(\.1).map { JSONMember($0.0, JSONNode(.bool(true))) })
  }
}
