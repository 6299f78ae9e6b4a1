internal import Bytes
internal import OrderedJSON

extension AddedToken {
  /// The names in an entry of `added_tokens`: id, content, and the flags.
  private static let keys: [ByteString] = [
    "id", "content", "special", "lstrip", "rstrip", "single_word", "normalized",
  ]

  /// Reads an entry of `added_tokens`, as `tokenizer.json` and the metadata section spell it; nil if
  /// it has no id in range or no text. Flags that are absent are false.
  init?(_ node: JSONNode) {
    func flag(_ key: ByteString) -> Bool {
      if case .bool(true)? = node[key]?.value { true } else { false }
    }
    guard case .number(let number)? = node["id"]?.value, let id = number.integer,
      case .string(let content)? = node["content"]?.value
    else { return nil }
    self.init(
      id: id, content: content,
      flags: Flags(
        special: flag("special"), lstrip: flag("lstrip"), rstrip: flag("rstrip"),
        singleWord: flag("single_word"), normalized: flag("normalized")))
  }

  /// Reads such an entry, the next value of `reader`.
  init?(from reader: inout JSONReader) throws(JSONSyntaxError) {
    var id: Int?
    var content: ByteString?
    var flags = Flags()
    let members: Void? = try reader.readMembers(Self.keys) {
      reader, place throws(JSONSyntaxError) in
      switch place {
      case 0: id = try reader.readInteger()
      case 1: content = try reader.readString()
      case 2: flags.special = try reader.readBool() == true
      case 3: flags.lstrip = try reader.readBool() == true
      case 4: flags.rstrip = try reader.readBool() == true
      case 5: flags.singleWord = try reader.readBool() == true
      case 6: flags.normalized = try reader.readBool() == true
      default: try reader.skipValue()
      }
    }
    guard members != nil, let id, let content else { return nil }
    self.init(id: id, content: content, flags: flags)
  }

  private struct Flags {
    var special = false
    var lstrip = false
    var rstrip = false
    var singleWord = false
    var normalized = false
  }

  private init?(id: Int, content: ByteString, flags: Flags) {
    guard (0..<VocabularyFormat.tokenLimit).contains(id), !content.isEmpty else { return nil }
    self.init(
      id: UInt32(id), content: content, isSpecial: flags.special, stripsLeft: flags.lstrip,
      stripsRight: flags.rstrip, isSingleWord: flags.singleWord, isNormalized: flags.normalized)
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
