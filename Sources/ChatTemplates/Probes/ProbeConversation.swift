internal import Bytes
internal import OrderedJSON

/// A conversation whose texts are marks: short, and each different from the others.
struct ProbeConversation {
  /// How the reasoning of the assistant is carried.
  enum ReasoningStyle {
    /// As `reasoning_content`.
    case member
    /// In the content, between `<think>` and `</think>`.
    case inline
  }

  /// How the arguments of a tool call are carried.
  enum ArgumentStyle {
    case object
    case string
  }

  /// How a conversation is written.
  struct Style {
    var hasSystem = true
    var reasoning = ReasoningStyle.member
    var arguments = ArgumentStyle.object
    /// Whether texts are carried as lists of parts.
    var hasParts = false
    /// Whether the keys of tools and of the arguments of calls stand in another order.
    var hasReversedKeys = false
  }

  private(set) var messages: [JSONNode] = []
  var tools: JSONNode?
  private(set) var documents: JSONNode?
  let style: Style
  private var turns = 0

  /// Makes a conversation without messages.
  init(_ style: Style = Style()) {
    self.style = style
  }

  /// Makes the conversation of a scenario: it ends with a message of the user's.
  init(_ scenario: ProbeScenario, _ style: Style) {
    self.init(style)
    if style.hasSystem { addSystem() }
    if scenario.hasTools { addTools() }
    addUser()
    if scenario.hasCalls {
      for _ in 0..<2 { addCall(hasReasoning: scenario.hasReasoning) }
    }
    addAnswer(hasReasoning: scenario.hasReasoning)
    addUser()
    if !scenario.hasCalls {
      addAnswer(hasReasoning: scenario.hasReasoning)
      addUser()
    }
  }
}

// MARK: - Messages

extension ProbeConversation {
  /// Adds a message of text.
  mutating func add(role: ByteString, _ text: String) {
    messages.append(JSONNode(.object(["role": .string(role), "content": content(text)])))
  }

  private func content(_ text: String) -> JSONValue {
    let text = JSONValue.string(ByteString(text))
    guard style.hasParts else { return text }
    return .array(of: [.object(["type": .string("text"), "text": text])])
  }

  mutating func addSystem() {
    add(role: "system", "SYSTEM-TEXT")
  }

  mutating func addUser() {
    turns += 1
    add(role: "user", "QUESTION-\(turns)")
  }

  mutating func addAnswer(hasReasoning: Bool = false) {
    add(assistant: "ANSWER-\(turns)", hasReasoning: hasReasoning, members: [])
  }

  /// Adds a call of the tool and its result.
  mutating func addCall(hasReasoning: Bool = false) {
    let number = messages.count
    // Templates of Mistral insist on nine letters and digits.
    let id = JSONNode(.string(ByteString("call0000\(number % 10)")))
    var arguments = [
      JSONMember("word", JSONNode(.string(ByteString("WORD-\(number)")))),
      JSONMember("count", JSONNode(.integer(number))),
    ]
    if style.hasReversedKeys { arguments.reverse() }
    let object = JSONValue.object(arguments)
    let carried: JSONValue =
      style.arguments == .object ? object : .string(ByteString(JSONWriter.write(object)))
    let call = JSONValue.object([
      JSONMember("id", id), JSONMember("type", JSONNode(.string("function"))),
      JSONMember(
        "function", JSONNode(.object(["name": .string("lookup"), "arguments": carried]))),
    ])
    add(
      assistant: "", hasReasoning: hasReasoning,
      members: [JSONMember("tool_calls", JSONNode(.array(of: [call])))])
    messages.append(
      JSONNode(
        .object([
          JSONMember("role", JSONNode(.string("tool"))),
          JSONMember("tool_call_id", id), JSONMember("name", JSONNode(.string("lookup"))),
          JSONMember("content", JSONNode(content("RESULT-\(number)"))),
        ])))
  }

  private mutating func add(assistant text: String, hasReasoning: Bool, members: [JSONMember]) {
    let reasoning = "REASON-\(messages.count)"
    var content = text
    var more = members
    if hasReasoning {
      switch style.reasoning {
      case .member:
        more.append(JSONMember("reasoning_content", JSONNode(.string(ByteString(reasoning)))))
      case .inline:
        let said = text.isEmpty ? "CALLING-\(messages.count)" : text
        content = "<think>\n\(reasoning)\n</think>\n\n\(said)"
      }
    }
    messages.append(
      JSONNode(
        .object(
          [
            JSONMember("role", JSONNode(.string("assistant"))),
            JSONMember("content", JSONNode(self.content(content))),
          ] + more)))
  }
}

// MARK: - Tools and documents

extension ProbeConversation {
  mutating func addTools() {
    func string(_ text: ByteString) -> JSONValue {
      object(["type": .string("string"), "description": .string(text)])
    }
    let parameters = object([
      "type": .string("object"),
      "properties": object([
        "word": string("TOOL-WORD"), "count": object(["type": .string("integer")]),
      ]),
      "required": .array(of: [.string("word")]),
    ])
    let function = object([
      "name": .string("lookup"), "description": .string("TOOL-TEXT"), "parameters": parameters,
    ])
    tools = JSONNode(
      .array(of: [object(["type": .string("function"), "function": function])]))
  }

  mutating func addDocuments() {
    documents = JSONNode(
      .array(of: [
        object([
          "title": .string("DOCUMENT-TITLE"), "text": .string("DOCUMENT-TEXT"),
          "content": .string("DOCUMENT-TEXT"), "contents": .string("DOCUMENT-TEXT"),
          "doc_id": .integer(1), "id": .string("1"),
        ])
      ]))
  }

  private func object(_ members: KeyValuePairs<ByteString, JSONValue>) -> JSONValue {
    let list = members.map { JSONMember($0.key, JSONNode($0.value)) }
    return .object(style.hasReversedKeys ? list.reversed() : list)
  }
}
