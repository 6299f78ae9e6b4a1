import Bytes
import TestSupport

/// Random bodies of the three interfaces, in which texts come again.
struct RandomBody {
  enum Form: CaseIterable, Sendable {
    case chat
    case responses
    case anthropic
  }

  let form: Form
  /// Whether characters beyond ASCII are escaped, as Python's `json` does it.
  let isASCII: Bool
  var generator: SeededGenerator

  init(_ form: Form, seed: UInt64) {
    self.form = form
    isASCII = seed % 2 == 0
    generator = SeededGenerator(seed: seed)
  }

  /// Turns of a conversation: each body begins with the messages of the one before.
  mutating func turns(_ count: Int) -> [[UInt8]] {
    var messages: [String] = []
    return (0..<count).map { _ in
      for _ in 0..<Int.random(in: 1...3, using: &generator) { messages += [message()] }
      return Array((opening + messages.joined(separator: ", ") + closing).utf8)
    }
  }

  /// What a body ends with.
  var closing: String { "] , \"x\": 1.50}" }

  private var opening: String {
    switch form {
    case .chat: "{\"model\":\"m\",\"messages\":["
    case .responses: "{\"instructions\":\(quoted("Answer.")),\"input\":["
    case .anthropic: "{\"max_tokens\":1e3,\"system\":\(quoted("Answer.")),\"messages\":["
    }
  }

  private mutating func message() -> String {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return said("assistant", text())
    case 1: return said("user", Bool.random(using: &generator) ? text() : "Why?")
    default: return result(Bool.random(using: &generator) ? text() : json())
    }
  }

  private mutating func said(_ role: String, _ text: String) -> String {
    let type = form == .responses ? (role == "user" ? "input_text" : "output_text") : "text"
    let part = "{\"type\":\"\(type)\", \"text\":\(quoted(text))}"
    let document =
      "{\"type\":\"document\",\"source\":{\"type\":\"text\",\"media_type\":\"text/plain\","
      + "\"data\":\(quoted(self.text()))}}"
    let content: String =
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: quoted(text)
      case 1: "[\(part)]"
      default: form == .anthropic && role == "user" ? "[\(document),\(part)]" : "[\(part), \(part)]"
      }
    return "{\"role\":\"\(role)\",\"content\":\(content)}"
  }

  private mutating func result(_ text: String) -> String {
    let isParts = Bool.random(using: &generator)
    switch form {
    case .chat:
      let content = isParts ? "[{\"type\":\"text\",\"text\":\(quoted(text))}]" : quoted(text)
      return "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\(content)}"
    case .responses:
      let output =
        isParts ? "[{\"type\":\"input_text\",\"text\":\(quoted(text))}]" : quoted(text)
      return "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\(output)}"
    case .anthropic:
      let content =
        isParts
        ? "[{\"type\":\"image\",\"source\":{}},{\"type\":\"text\",\"text\":\(quoted(text))}]"
        : quoted(text)
      return
        "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"c\","
        + "\"is_error\":true,\"content\":\(content)}]}"
    }
  }

  /// A text of paragraphs out of few, so that it has parts in common with others.
  private mutating func text() -> String {
    (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      Self.paragraphs.randomElement(using: &generator) ?? ""
    }.joined(separator: "\n\n")
  }

  private mutating func json() -> String {
    let other = Bool.random(using: &generator) ? "[same as tool result 1]" : "done/\u{E9}"
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return "{\"stdout\": \(quoted(text())), \"code\": 0.50, \"note\": \(quoted(other))}"
    case 1: return "[\(quoted(text())), {\"a/b\":\(quoted(text()))}]"
    default: return "[" + (0..<60).map(String.init).joined(separator: ", ") + "]"
    }
  }

  func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where isASCII && !scalar.isASCII:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static let paragraphs: [String] =
    (0..<8).map { number in
      (0..<12).map { "Clause \(number).\($0) says \"as agreed\": naïve 𝄞 figures, §\($0 * 7)." }
        .joined(separator: number % 2 == 0 ? " " : "\n")
    } + [
      "[same as tool result 1]", "See [\\same as user message 1] \\ and more.", "Short.",
      "[same as tool result 2 from \"Clause\" to \"§7.\"]",
    ]
}
