internal import Bytes
public import OrderedJSON

/// A request as OpenAI's interface takes it, read as a spec: its messages are the conversation.
public enum OpenAIRequestLine {
  /// The members of a body that have a place of their own in a spec; the others are parameters.
  private static let placed: [ByteString: ByteString] = [
    "messages": "conversation", "tools": "tools", "chat_template_kwargs": "template_kwargs",
  ]

  /// Turns a line of a batch file (`{"custom_id": ..., "body": {...}}`) or a body (`{"messages": ...}`) into
  /// the spec that has the same messages. Any other line stays as it is.
  public static func spec(_ node: JSONNode) -> JSONNode {
    guard node["cpc"] == nil, case .object(let members) = node.value else { return node }
    if let body = node["body"], body["messages"] != nil {
      var spec = self.spec(body)
      if let id = members.last(where: { $0.key == "custom_id" }),
        case .object(let inner) = spec.value
      {
        spec.value = .object([JSONMember("id", id.node, keyOffset: id.keyOffset)] + inner)
      }
      return spec
    }
    guard node["messages"] != nil else { return node }
    var spec = [JSONMember("cpc", JSONNode(.integer(1), offset: node.offset))]
    var parameters: [JSONMember] = []
    for member in members {
      if let key = placed[member.key] {
        spec.append(JSONMember(key, member.node, keyOffset: member.keyOffset))
      } else {
        parameters.append(member)
      }
    }
    if !parameters.isEmpty {
      spec.append(JSONMember("parameters", JSONNode(.object(parameters), offset: node.offset)))
    }
    return JSONNode(.object(spec), offset: node.offset)
  }
}
