internal import Bytes
internal import OrderedJSON

/// Writes the body of a request to `/v1/messages`: the system text apart, content in blocks, each
/// document a block of its own, tool calls and results in that interface's form.
struct AnthropicEmitter {
  private static let defaultMaximum = 1024

  private let prompt: CompiledPrompt

  init(_ prompt: CompiledPrompt) {
    self.prompt = prompt
  }

  /// The body.
  ///
  /// - Throws: `CompilationError` for a message that the interface has no form for.
  func body() throws(CompilationError) -> JSONValue {
    let parameters = prompt.spec.parameters
    func has(_ key: ByteString) -> Bool { parameters.contains { $0.key == key } }
    var members: [JSONMember] = []
    if !has("model") { members.append(JSONMember("model", JSONNode(.string(prompt.model)))) }
    if !has("max_tokens") {
      members.append(JSONMember("max_tokens", JSONNode(.integer(Self.defaultMaximum))))
    }
    let systems = prompt.messages.filter { $0.role == "system" }
    if !systems.isEmpty {
      let text = systems.compactMap { $0.content?.text.bytes }.joined(separator: Array("\n\n".utf8))
      members.append(JSONMember("system", JSONNode(.string(ByteString(Array(text))))))
    }
    members.append(JSONMember("messages", JSONNode(.array(try messages()))))
    if let tools = prompt.spec.tools {
      members.append(JSONMember("tools", JSONNode(Self.tools(tools))))
    }
    return .object(members + parameters)
  }

  /// The messages but the system's; results of tools in a row are one user message.
  private func messages() throws(CompilationError) -> [JSONNode] {
    var messages: [JSONNode] = []
    var results: [JSONNode] = []
    for message in prompt.messages where message.role != "system" {
      if message.role == "tool" {
        results.append(JSONNode(Self.toolResult(message)))
        continue
      }
      if message.role == "user" {
        messages.append(Self.message("user", results + content(of: message)))
        results = []
      } else {
        if !results.isEmpty { messages.append(Self.message("user", results)) }
        results = []
        guard message.role == "assistant" else {
          throw CompilationError(
            file: prompt.spec.name,
            message: "the anthropic format has no role \"\(message.role)\"")
        }
        messages.append(Self.message("assistant", content(of: message) + (try toolUses(message))))
      }
    }
    if !results.isEmpty { messages.append(Self.message("user", results)) }
    return messages
  }

  private static func message(_ role: ByteString, _ content: [JSONNode]) -> JSONNode {
    JSONNode(.object(["role": .string(role), "content": .array(content)]))
  }

  private func content(of message: PromptMessage) -> [JSONNode] {
    guard let content = message.content else { return [] }
    guard message.origin == .current, content.isText else {
      guard case .array(let parts) = content.json else { return [] }
      return parts.filter { if case .string("")? = $0["text"]?.value { false } else { true } }
    }
    return currentTexts().map { JSONNode(.object(["type": .string("text"), "text": .string($0)])) }
  }

  /// The current user message cut into a text for each block and one for annotation and query.
  private func currentTexts() -> [ByteString] {
    var texts: [ByteString] = []
    var rest: [UInt8] = []
    for anchor in prompt.anchors where anchor.kind.isOfCurrentMessage {
      let bytes = prompt.text[anchor.bytes.start..<anchor.bytes.end]
      if anchor.kind == .block || anchor.kind == .reference {
        texts.append(ByteString(bytes))
      } else {
        rest += bytes
      }
    }
    return rest.isEmpty ? texts : texts + [ByteString(rest)]
  }

  private static func toolResult(_ message: PromptMessage) -> JSONValue {
    var members = [JSONMember("type", JSONNode(.string("tool_result")))]
    if let id = message.members.first(where: { $0.key == "tool_call_id" }) {
      members.append(JSONMember("tool_use_id", id.node))
    }
    members.append(JSONMember("content", JSONNode(message.content?.json ?? .array([]))))
    return .object(members)
  }

  private func toolUses(_ message: PromptMessage) throws(CompilationError) -> [JSONNode] {
    guard let calls = message.members.first(where: { $0.key == "tool_calls" }),
      case .array(let elements) = calls.node.value
    else { return [] }
    var uses: [JSONNode] = []
    for call in elements {
      let function = call["function"] ?? call
      var input = function["arguments"]?.value ?? .object([])
      if case .string(let text) = input {
        guard let parsed = try? JSONParser.parse(text.bytes) else {
          throw CompilationError([
            prompt.spec.diagnostic(
              at: call.offset, "the arguments of this tool call are not JSON")
          ])
        }
        input = parsed.value
      }
      var members = [JSONMember("type", JSONNode(.string("tool_use")))]
      if let id = call["id"] { members.append(JSONMember("id", id)) }
      if let name = function["name"] { members.append(JSONMember("name", name)) }
      members.append(JSONMember("input", JSONNode(input)))
      uses.append(JSONNode(.object(members)))
    }
    return uses
  }

  /// Tools as `name`, `description`, `input_schema`; what is in another form stays as it is.
  private static func tools(_ node: JSONNode) -> JSONValue {
    guard case .array(let elements) = node.value else { return node.value }
    return .array(
      elements.map { element in
        guard let function = element["function"], let name = function["name"] else {
          return element
        }
        var members = [JSONMember("name", name)]
        if let text = function["description"] { members.append(JSONMember("description", text)) }
        let schema = function["parameters"] ?? JSONNode(.object(["type": .string("object")]))
        members.append(JSONMember("input_schema", schema))
        return JSONNode(.object(members))
      })
  }
}
