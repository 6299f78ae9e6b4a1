internal import Bytes
internal import OrderedJSON

/// A body of `/v1/messages`.
enum AnthropicBody {
  static func chat(_ body: JSONNode) -> JSONNode {
    guard let messages = body["messages"], let elements = messages.elements else { return body }
    var chat: [JSONNode] = []
    if let system = ChatBody.content(body["system"]) {
      chat.append(
        ChatBody.message("system", [ChatBody.member("content", system)], system.offset))
    }
    chat += elements.flatMap(Self.messages)
    var members = [ChatBody.member("messages", JSONNode(.array(chat), offset: messages.offset))]
    if let tools = body["tools"], let elements = tools.elements {
      let functions = elements.map { ChatBody.function($0, parameters: "input_schema") }
      members.append(ChatBody.member("tools", JSONNode(.array(functions), offset: tools.offset)))
    }
    return ChatBody.replacing(["system", "messages", "tools"], in: body, by: members)
  }

  private static func messages(_ message: JSONNode) -> [JSONNode] {
    guard let blocks = message["content"]?.elements else { return [message] }
    return message["role"]?.string == "assistant"
      ? [assistant(message, blocks)] : user(message, blocks)
  }

  private static func assistant(_ message: JSONNode, _ blocks: [JSONNode]) -> JSONNode {
    var parts: [JSONNode] = []
    var calls: [JSONNode] = []
    var members: [JSONMember] = []
    for block in blocks {
      switch block["type"]?.string {
      case "tool_use":
        calls.append(
          ChatBody.call(
            id: block["id"], name: block["name"], arguments: block["input"], block.offset))
      case "thinking":
        if let thinking = block["thinking"] {
          members = [ChatBody.member("reasoning_content", thinking)]
        }
      default: parts += ChatBody.parts(block)
      }
    }
    members.insert(
      ChatBody.member("content", JSONNode(.array(parts), offset: message.offset)), at: 0)
    if !calls.isEmpty {
      members.append(
        ChatBody.member("tool_calls", JSONNode(.array(calls), offset: message.offset)))
    }
    return ChatBody.message("assistant", members, message.offset)
  }

  /// The tool results of a user message as messages of their own, and what stands between them.
  private static func user(_ message: JSONNode, _ blocks: [JSONNode]) -> [JSONNode] {
    var messages: [JSONNode] = []
    var parts: [JSONNode] = []
    func flush() {
      guard !parts.isEmpty else { return }
      let content = ChatBody.member("content", JSONNode(.array(parts), offset: parts[0].offset))
      messages.append(ChatBody.message("user", [content], parts[0].offset))
      parts = []
    }
    for block in blocks {
      guard block["type"]?.string == "tool_result" else {
        parts += ChatBody.parts(block)
        continue
      }
      flush()
      let content = ChatBody.content(block["content"]) ?? ChatBody.text("", block.offset)
      messages.append(
        ChatBody.message(
          "tool",
          (block["tool_use_id"].map { [ChatBody.member("tool_call_id", $0)] } ?? [])
            + [ChatBody.member("content", content)], block.offset))
    }
    flush()
    return messages
  }
}
