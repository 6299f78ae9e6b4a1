internal import Bytes
public import OrderedJSON

/// Reads bodies of other interfaces as a body of `/v1/chat/completions`, so that a chat template can render
/// them.
public enum ChatBody {
  /// Returns the body with the messages in the form of chat completions; one that has this form, and what is no
  /// body, stays as it is. Contents keep their offsets in the source.
  public static func node(_ body: JSONNode) -> JSONNode {
    if let inner = body["body"] ?? body["params"], body["messages"] == nil, body["input"] == nil {
      return object(
        (body.members ?? []).filter { $0.key != "body" && $0.key != "params" }
          + [JSONMember("body", node(inner), keyOffset: inner.offset)], inner.offset)
    }
    if body["input"] != nil, body["messages"] == nil { return ResponsesBody.chat(body) }
    if isAnthropic(body) { return AnthropicBody.chat(body) }
    return body
  }

  /// Whether a body with messages has something that only Anthropic's interface has.
  private static func isAnthropic(_ body: JSONNode) -> Bool {
    let blocks: [ByteString] = ["tool_result", "tool_use", "thinking", "document", "search_result"]
    return body["system"] != nil
      || (body["tools"]?.elements ?? []).contains { $0["input_schema"] != nil }
      || (body["messages"]?.elements ?? []).contains { message in
        (message["content"]?.elements ?? []).contains { block in
          block["type"]?.string.map { blocks.contains($0) } ?? false
        }
      }
  }

  /// Returns the members of a body with others in place of some.
  static func replacing(
    _ dropped: Set<ByteString>, in body: JSONNode, by members: [JSONMember]
  ) -> JSONNode {
    object((body.members ?? []).filter { !dropped.contains($0.key) } + members, body.offset)
  }

  static func object(_ members: [JSONMember], _ offset: Int) -> JSONNode {
    JSONNode(.object(members), offset: offset)
  }

  static func member(_ key: ByteString, _ node: JSONNode) -> JSONMember {
    JSONMember(key, node, keyOffset: node.offset)
  }

  static func text(_ text: ByteString, _ offset: Int) -> JSONNode {
    JSONNode(.string(text), offset: offset)
  }

  /// A message.
  static func message(_ role: ByteString, _ members: [JSONMember], _ offset: Int) -> JSONNode {
    object([member("role", text(role, offset))] + members, offset)
  }

  /// A call of a function.
  static func call(id: JSONNode?, name: JSONNode?, arguments: JSONNode?, _ offset: Int) -> JSONNode
  {
    let function = [name.map { member("name", $0) }, arguments.map { member("arguments", $0) }]
    return object(
      (id.map { [member("id", $0)] } ?? [])
        + [
          member("type", text("function", offset)),
          member("function", object(function.compactMap(\.self), offset)),
        ], offset)
  }

  /// A function that may be called.
  static func function(_ tool: JSONNode, parameters: ByteString) -> JSONNode {
    let members = [
      tool["name"].map { member("name", $0) },
      tool["description"].map { member("description", $0) },
      tool[parameters].map { member("parameters", $0) },
    ]
    return object(
      [
        member("type", text("function", tool.offset)),
        member("function", object(members.compactMap(\.self), tool.offset)),
      ], tool.offset)
  }

  /// The content of a message: a string as it is; of parts those with text as parts of type `text`, the others
  /// as they are.
  static func content(_ node: JSONNode?) -> JSONNode? {
    guard let node, let parts = node.elements else { return node }
    return JSONNode(.array(parts.flatMap(Self.parts)), offset: node.offset)
  }

  /// The parts that stand for one part or block.
  static func parts(_ part: JSONNode) -> [JSONNode] {
    func texts(_ content: JSONNode?) -> [JSONNode] {
      guard let content else { return [] }
      guard content.string != nil else { return (content.elements ?? []).flatMap(Self.parts) }
      let type = member("type", text("text", content.offset))
      return [object([type, member("text", content)], content.offset)]
    }
    switch part["type"]?.string {
    case "text", "input_text", "output_text": return texts(part["text"])
    case "document": return texts(part["source"]?["data"] ?? part["source"]?["content"])
    case "search_result": return texts(part["content"])
    default: return [part]
    }
  }
}
