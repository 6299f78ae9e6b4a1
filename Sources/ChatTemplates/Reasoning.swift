internal import Bytes
internal import OrderedJSON

/// The names under which messages carry the model's reasoning.
///
/// transformers 5 fills `thinking` and `reasoning_content` from whichever there is, so that a template
/// finds the reasoning under the name that it knows.
enum Reasoning {
  /// The names, the one that counts first.
  static let names: [ByteString] = ["reasoning_content", "thinking", "reasoning"]

  /// The value that a template sees of the member called `name`; nil if it sees none.
  static func value(of name: ByteString, in members: [JSONMember]) -> JSONNode? {
    func own(_ name: ByteString) -> JSONNode? {
      members.last { $0.key == name && !$0.node.isNull }?.node
    }
    if let node = own(name) { return node }
    guard name == "thinking" || name == "reasoning_content" else { return nil }
    return names.lazy.compactMap(own).first
  }

  /// The entries of a message with `thinking` at its beginning and `reasoning_content` where it was or
  /// else at its end, if it has any reasoning; as they are if it has none. No value is null.
  static func filled(_ entries: [(key: Value, value: Value)]) -> ValueDictionary {
    let dictionary = ValueDictionary(entries)
    guard let reasoning = names.lazy.compactMap({ dictionary[$0] }).first else { return dictionary }
    let thinking = dictionary["thinking"] ?? reasoning
    return ValueDictionary(
      [(.text("thinking"), thinking)] + entries + [(.text("reasoning_content"), reasoning)])
  }
}
