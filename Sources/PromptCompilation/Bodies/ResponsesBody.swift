internal import Bytes
internal import OrderedJSON

/// A body of `/v1/responses`.
enum ResponsesBody {
  static func chat(_ body: JSONNode) -> JSONNode {
    guard let input = body["input"] else { return body }
    var chat: [JSONNode] = []
    if let instructions = body["instructions"], !instructions.isNull {
      chat.append(
        ChatBody.message(
          "system", [ChatBody.member("content", instructions)], instructions.offset))
    }
    if input.string != nil {
      chat.append(ChatBody.message("user", [ChatBody.member("content", input)], input.offset))
    }
    var calls: [JSONNode] = []
    func flush() {
      guard let first = calls.first else { return }
      let list = ChatBody.member("tool_calls", JSONNode(.array(calls), offset: first.offset))
      let content = ChatBody.member("content", ChatBody.text("", first.offset))
      chat.append(ChatBody.message("assistant", [content, list], first.offset))
      calls = []
    }
    for item in input.elements ?? [] {
      if item["type"]?.string == "function_call" {
        calls.append(
          ChatBody.call(
            id: item["call_id"], name: item["name"], arguments: item["arguments"], item.offset))
      } else {
        flush()
        chat += message(item)
      }
    }
    flush()
    var members = [ChatBody.member("messages", JSONNode(.array(chat), offset: input.offset))]
    if let tools = body["tools"], let elements = tools.elements {
      let functions = elements.filter { $0["type"]?.string == "function" }
        .map { ChatBody.function($0, parameters: "parameters") }
      members.append(ChatBody.member("tools", JSONNode(.array(functions), offset: tools.offset)))
    }
    return ChatBody.replacing(["instructions", "input", "tools"], in: body, by: members)
  }

  private static func message(_ item: JSONNode) -> [JSONNode] {
    let type = item["type"]?.string ?? "message"
    if type == "message", let role = item["role"]?.string {
      let content = ChatBody.content(item["content"]) ?? ChatBody.text("", item.offset)
      return [
        ChatBody.message(
          role == "developer" ? "system" : role, [ChatBody.member("content", content)],
          item.offset)
      ]
    }
    guard type.bytes.suffix(12).elementsEqual("_call_output".utf8) else { return [] }
    let content = ChatBody.content(item["output"]) ?? ChatBody.text("", item.offset)
    return [
      ChatBody.message(
        "tool",
        (item["call_id"].map { [ChatBody.member("tool_call_id", $0)] } ?? [])
          + [ChatBody.member("content", content)], item.offset)
    ]
  }
}
