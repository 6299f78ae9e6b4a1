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
    guard prompt.ending != .lastMessage else {
      throw fault(at: 0, "has no request that ends without an answer")
    }
    let parameters = prompt.spec.parameters
    func has(_ key: ByteString) -> Bool { parameters.contains { $0.key == key } }
    var members: [JSONMember] = []
    if !has("model") { members.append(JSONMember("model", JSONNode(.string(prompt.model)))) }
    if !has("max_tokens") {
      members.append(JSONMember("max_tokens", JSONNode(.integer(Self.defaultMaximum))))
    }
    if let system = try systemText() {
      members.append(JSONMember("system", JSONNode(.string(system))))
    }
    members.append(JSONMember("messages", JSONNode(.array(try messages()))))
    if let tools = prompt.spec.tools, case .array(let elements) = tools.value, !elements.isEmpty {
      members.append(JSONMember("tools", JSONNode(Self.tools(tools))))
    }
    return .object(members + parameters)
  }

  private func fault(at offset: Int, _ message: String) -> CompilationError {
    CompilationError([prompt.spec.diagnostic(at: offset, "the anthropic format \(message)")])
  }

  private func systemText() throws(CompilationError) -> ByteString? {
    var texts: [[UInt8]] = []
    for message in prompt.messages where message.role == "system" {
      guard let content = message.content, !content.text.isEmpty else { continue }
      guard content.isText else {
        throw fault(at: content.offset, "has no form for a system message with more than text")
      }
      texts.append(content.text.bytes)
    }
    return texts.isEmpty ? nil : ByteString(Array(texts.joined(separator: Array("\n\n".utf8))))
  }

  /// The messages but the system's. The interface takes turns of user and assistant: what one side
  /// says in a row, the results of tools among it, is one message.
  private func messages() throws(CompilationError) -> [JSONNode] {
    var turns: [(role: ByteString, content: [JSONNode])] = []
    for message in prompt.messages where message.role != "system" {
      let role: ByteString = message.role == "tool" ? "user" : message.role
      guard role == "user" || role == "assistant" else {
        throw fault(at: message.content?.offset ?? 0, "has no role \"\(message.role)\"")
      }
      var content =
        message.role == "tool" ? [try toolResult(message)] : try self.content(of: message)
      if role == "assistant" { content += try toolUses(message) }
      if content.isEmpty { continue }
      if turns.last?.role == role {
        turns[turns.count - 1].content += content
      } else {
        turns.append((role, content))
      }
    }
    guard !turns.isEmpty else { throw fault(at: 0, "needs a message that is no system message") }
    return turns.map { turn in
      JSONNode(.object(["role": .string(turn.role), "content": .array(turn.content)]))
    }
  }

  private func content(of message: PromptMessage) throws(CompilationError) -> [JSONNode] {
    guard let content = message.content else { return [] }
    if !message.parts.isEmpty, content.isText {
      return Self.texts(of: message.parts, in: content.text).compactMap(Self.text)
    }
    return try parts(of: content)
  }

  private func parts(of content: Content) throws(CompilationError) -> [JSONNode] {
    var nodes: [JSONNode] = []
    for part in content.parts {
      switch part {
      case .text(let text): nodes += [Self.text(text)].compactMap { $0 }
      case .other(let node): nodes.append(try image(node))
      }
    }
    return nodes
  }

  /// A content block of text; nil for text of white space alone, which the interface refuses.
  private static func text(_ text: ByteString) -> JSONNode? {
    guard text.bytes.contains(where: { $0 > 0x20 }) else { return nil }
    return JSONNode(.object(["type": .string("text"), "text": .string(text)]))
  }

  /// An image in the form of this interface; what is in that form already stays.
  private func image(_ node: JSONNode) throws(CompilationError) -> JSONNode {
    guard case .string("image_url")? = node["type"]?.value else { return node }
    guard case .string(let url)? = node["image_url"]?["url"]?.value else {
      throw fault(at: node.offset, "needs the url of this image")
    }
    let prefix = Array("data:".utf8)
    guard url.bytes.starts(with: prefix) else {
      let source = JSONValue.object(["type": .string("url"), "url": .string(url)])
      return JSONNode(.object(["type": .string("image"), "source": source]))
    }
    let parts = url.bytes.dropFirst(prefix.count).split(separator: UInt8(ascii: ","), maxSplits: 1)
    let encoding = Array(";base64".utf8)
    guard parts.count == 2, parts[0].suffix(encoding.count).elementsEqual(encoding) else {
      throw fault(at: node.offset, "takes images as base 64: data:TYPE;base64,DATA")
    }
    let source = JSONValue.object([
      "type": .string("base64"),
      "media_type": .string(ByteString(parts[0].dropLast(encoding.count))),
      "data": .string(ByteString(parts[1])),
    ])
    return JSONNode(.object(["type": .string("image"), "source": source]))
  }

  /// The text of a message cut into one for each block and one for what is left.
  private static func texts(
    of parts: [ComposedMessage.Part], in text: ByteString
  ) -> [ByteString] {
    var texts: [ByteString] = []
    var rest: [UInt8] = []
    for part in parts {
      let bytes = text.bytes[part.range.start..<part.range.end]
      if part.kind == .block || part.kind == .reference {
        texts.append(ByteString(bytes))
      } else {
        rest += bytes
      }
    }
    return rest.isEmpty ? texts : texts + [ByteString(rest)]
  }

  private func toolResult(_ message: PromptMessage) throws(CompilationError) -> JSONNode {
    let offset = message.content?.offset ?? 0
    guard let id = message.members.first(where: { $0.key == "tool_call_id" }) else {
      throw fault(at: offset, "needs the \"tool_call_id\" of this result")
    }
    var members = [
      JSONMember("type", JSONNode(.string("tool_result"))), JSONMember("tool_use_id", id.node),
    ]
    let parts = try message.content.map { content throws(CompilationError) in
      try self.parts(of: content)
    }
    if let parts, !parts.isEmpty { members.append(JSONMember("content", JSONNode(.array(parts)))) }
    return JSONNode(.object(members))
  }

  private func toolUses(_ message: PromptMessage) throws(CompilationError) -> [JSONNode] {
    guard let member = message.members.first(where: { $0.key == "tool_calls" }),
      case .array(let calls) = ToolCallArguments.parsed(member.node).value
    else { return [] }
    var uses: [JSONNode] = []
    for call in calls {
      let function = call["function"] ?? call
      guard let id = call["id"], let name = function["name"] else {
        throw fault(at: call.offset, "needs the id and the name of this tool call")
      }
      let input = function["arguments"] ?? JSONNode(.object([]))
      guard case .object = input.value else {
        throw fault(at: input.offset, "takes a JSON object as the arguments of a tool call")
      }
      uses.append(
        JSONNode(
          .object([
            JSONMember("type", JSONNode(.string("tool_use"))), JSONMember("id", id),
            JSONMember("name", name), JSONMember("input", input),
          ])))
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
