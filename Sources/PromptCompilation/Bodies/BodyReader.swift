internal import Bytes
internal import OrderedJSON

/// Reads the texts of a request body in the order in which the model sees them.
///
/// The bodies are those of `/v1/chat/completions` and `/v1/responses` of OpenAI and `/v1/messages` of
/// Anthropic, alone or in a line of their batch files (`body`, `params`). What is no text is passed over.
struct BodyReader {
  private let source: SourceText
  private var texts: [BodyText] = []
  /// The message or item that is read.
  private var item = -1
  /// Counts messages and tool results.
  private var names = ConversationNames()

  /// Returns the texts of a body.
  ///
  /// - Throws: `CompilationError` if the body is not JSON, or has no messages.
  static func texts(of source: SourceText) throws(CompilationError) -> [BodyText] {
    try outline(of: source).texts
  }

  /// Returns a body with its texts, its system text and its messages.
  ///
  /// - Throws: `CompilationError` if the body is not JSON, or has no messages.
  static func outline(of source: SourceText) throws(CompilationError) -> BodyOutline {
    let root = try source.json(loneSurrogates: .replaced)
    var reader = BodyReader(source: source)
    var outline = try reader.read(root)
    outline.texts = reader.texts
    return outline
  }

  private init(source: SourceText) {
    self.source = source
  }

  private mutating func read(_ root: JSONNode) throws(CompilationError) -> BodyOutline {
    guard root.members != nil else {
      throw fault(root, "a request body must be an object, not \(root.value.kind)")
    }
    for (key, path) in [(nil, ""), ("body", "/body"), ("params", "/params")] as [Place] {
      guard let body = key.map({ root[$0] }) ?? root else { continue }
      if let messages = body["messages"] {
        if let system = body["system"] { addSystem(system, path + "/system") }
        try readMessages(messages, path + "/messages")
        return BodyOutline(
          body: body, path: path, form: .messages, system: body["system"],
          items: messages.elements ?? [])
      }
      if let input = body["input"] {
        if let system = body["instructions"] { addSystem(system, path + "/instructions") }
        try readInput(input, path + "/input")
        return BodyOutline(
          body: body, path: path, form: .input, system: body["instructions"],
          items: input.elements ?? [input])
      }
    }
    throw fault(
      root, "no \"messages\" and no \"input\": this is no request body of OpenAI or Anthropic")
  }

  private typealias Place = (key: ByteString?, path: ByteString)

  private func fault(_ node: JSONNode, _ message: String) -> CompilationError {
    CompilationError([source.diagnostic(at: node.offset, message)])
  }

  private mutating func addSystem(_ node: JSONNode, _ path: ByteString) {
    add(node, of: names.begin(.system), path)
  }
}

// MARK: - Messages and items

extension BodyReader {
  private mutating func readMessages(
    _ node: JSONNode, _ path: ByteString
  ) throws(CompilationError) {
    guard let messages = node.elements else {
      throw fault(node, "\"messages\" must be an array, not \(node.value.kind)")
    }
    for (index, message) in messages.enumerated() {
      guard message.members != nil else {
        throw fault(message, "messages[\(index)] must be an object, not \(message.value.kind)")
      }
      item = index
      readMessage(message, path + "/\(index)")
    }
  }

  private mutating func readMessage(_ message: JSONNode, _ path: ByteString) {
    guard let content = message["content"], !content.isNull else { return }
    let path = path + "/content"
    let speaker = TextOwner.Speaker(role: message["role"]?.string ?? "")
    // A message of the user's that only brings results is none.
    let isOwn = speaker != .user || (content.elements?.contains { !isToolResult($0) } ?? true)
    add(content, of: isOwn ? names.begin(speaker) : TextOwner(speaker: .user, number: 0), path)
  }

  private mutating func readInput(_ node: JSONNode, _ path: ByteString) throws(CompilationError) {
    if node.string != nil {
      item = 0
      return add(node, of: names.begin(.user), path)
    }
    guard let items = node.elements else {
      throw fault(node, "\"input\" must be a string or an array, not \(node.value.kind)")
    }
    for (index, item) in items.enumerated() {
      guard item.members != nil else {
        throw fault(item, "input[\(index)] must be an object, not \(item.value.kind)")
      }
      self.item = index
      let type = item["type"]?.string ?? "message"
      if type == "message" {
        readMessage(item, path + "/\(index)")
      } else if type.bytes.suffix(12).elementsEqual("_call_output".utf8) {
        let result = names.begin(.tool)
        if let output = item["output"] { add(output, of: result, path + "/\(index)/output") }
      }
    }
  }

  private func isToolResult(_ block: JSONNode) -> Bool { block["type"]?.string == "tool_result" }
}

// MARK: - Contents

extension BodyReader {
  /// Adds the texts of a content: of a string, or of an array of parts.
  private mutating func add(
    _ content: JSONNode, of owner: TextOwner, _ path: ByteString,
    isCited: Bool = false
  ) {
    if case .string(let text) = content.value {
      guard !text.isEmpty, let literal = JSONStringLiteral(at: content.offset, in: source.bytes)
      else { return }
      texts.append(
        BodyText(
          owner: owner, item: item, isCited: isCited, path: path, text: text.bytes,
          literal: literal))
    }
    for (index, part) in (content.elements ?? []).enumerated() {
      addPart(part, of: owner, path + "/\(index)", isCited: isCited)
    }
  }

  private mutating func addPart(
    _ part: JSONNode, of owner: TextOwner, _ path: ByteString,
    isCited: Bool
  ) {
    func isText(_ node: JSONNode) -> Bool { node.string != nil }
    switch part["type"]?.string {
    case "text", "input_text", "output_text":
      guard let text = part["text"], isText(text) else { return }
      add(text, of: owner, path + "/text", isCited: isCited)
    case "tool_result" where owner.speaker == .user:
      let result = names.begin(.tool)
      if let content = part["content"] { add(content, of: result, path + "/content") }
    case "document":
      guard let document = part["source"] else { return }
      let isCited = part["citations"]?["enabled"]?.bool ?? isCited
      if document["type"]?.string == "text", let data = document["data"], isText(data) {
        add(data, of: owner, path + "/source/data", isCited: isCited)
      } else if let content = document["content"] {
        add(content, of: owner, path + "/source/content", isCited: isCited)
      }
    case "search_result":
      guard let content = part["content"] else { return }
      let isCited = part["citations"]?["enabled"]?.bool ?? isCited
      add(content, of: owner, path + "/content", isCited: isCited)
    default: break
    }
  }
}

/// A path with a further step, which begins with `/`.
func + (path: ByteString, step: String) -> ByteString {
  ByteString(path.bytes + step.utf8)
}
