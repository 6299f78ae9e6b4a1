import PromptCompilation

/// The conversations that are rendered: ten messages, as they come in practice.
enum Conversations {
  /// Questions and answers behind a system message.
  static let plain: [JSONNode] =
    [message("system", "You are a careful assistant. Answer briefly, in the user's language.")]
    + (1...4).flatMap { number in
      [
        message("user", question(number)),
        message("assistant", "Chapter \(number) is about rivers.\n\n* the Rhine\n* the Aare\n"),
      ]
    } + [message("user", "Thank you. Which of them is longer?")]

  /// The same length with two tools, of which one is called twice.
  static let withTools: [JSONNode] =
    [message("system", "You are a careful assistant. Use the tools.")]
    + (1...2).flatMap { number in
      [
        message("user", question(number)), call(number),
        toolResult(number, #"{"title": "Rivers", "pages": [12, 47], "found": true}"#),
        message("assistant", "It is chapter \(number), on page 12."),
      ]
    } + [message("user", "Thank you. And the next one?")]

  /// The tools that `withTools` has.
  static let tools = JSONNode(
    .array(of: [
      tool("search_book", "Finds chapters of the book by what they are about."),
      tool("get_weather", "The weather of a place: temperature & wind, \"now\" or later."),
    ]))

  private static func question(_ number: Int) -> String {
    "What is chapter \(number) of the book about? I remember \"Zürich\" & a <river>.\n"
      + "Please give its title, the first page, and two of the places that it names."
  }

  private static func message(_ role: String, _ content: String) -> JSONNode {
    JSONNode(
      .object(["role": .string(ByteString(role)), "content": .string(ByteString(content))]))
  }

  private static func call(_ number: Int) -> JSONNode {
    let arguments = JSONValue.object(["about": .string("rivers"), "chapter": .integer(number)])
    let function = JSONValue.object(["name": .string("search_book"), "arguments": arguments])
    let call = JSONValue.object([
      "id": .string(identifier(number)), "type": .string("function"), "function": function,
    ])
    return JSONNode(
      .object([
        "role": .string("assistant"), "content": .string(""), "tool_calls": .array(of: [call]),
      ]))
  }

  private static func toolResult(_ number: Int, _ content: String) -> JSONNode {
    JSONNode(
      .object([
        "role": .string("tool"), "tool_call_id": .string(identifier(number)),
        "name": .string("search_book"),
        "content": .string(ByteString(content)),
      ]))
  }

  private static func identifier(_ number: Int) -> ByteString { ByteString("callcall\(number)") }

  private static func tool(_ name: String, _ description: String) -> JSONValue {
    let properties = JSONValue.object([
      "about": .object(["type": .string("string"), "description": .string("A few words.")]),
      "chapter": .object(["type": .string("integer"), "minimum": .integer(1)]),
    ])
    let parameters = JSONValue.object([
      "type": .string("object"), "properties": properties,
      "required": .array(of: [.string("about")]),
    ])
    return .object([
      "type": .string("function"),
      "function": .object([
        "name": .string(ByteString(name)), "description": .string(ByteString(description)),
        "parameters": parameters,
      ]),
    ])
  }
}
