internal import Bytes
internal import OrderedJSON

/// A request body as far as its texts, its system text and its messages go.
struct BodyOutline {
  /// Where a body has its conversation.
  enum Form {
    /// `messages`: chat completions of OpenAI, messages of Anthropic.
    case messages
    /// `input`: responses of OpenAI.
    case input
  }

  /// The object with the messages; the whole body if that is no line of a batch file.
  var body: JSONNode
  /// Where it stands, a JSON pointer.
  var path: ByteString
  var form: Form
  /// The system text that stands before the messages.
  var system: JSONNode?
  /// The messages, or items.
  var items: [JSONNode]
  /// The texts in the order in which the model sees them.
  var texts: [BodyText] = []

  /// What the body calls its model; empty if it does not.
  var model: ByteString { body["model"]?.string ?? "" }

  /// Whether an item is of the model's making: its words, its calls of tools, its reasoning.
  static func isOfModel(_ item: JSONNode) -> Bool {
    if let role = item["role"]?.string { return role == "assistant" }
    guard let type = item["type"]?.string, type != "message" else { return false }
    return !type.bytes.suffix(7).elementsEqual("_output".utf8)
  }

  /// How many items, from the first on, were sent in an earlier request: those up to the last one of the
  /// model's making. What a client begins for the model at the end was not sent.
  var earlierItemCount: Int {
    let end = items.lastIndex { !Self.isOfModel($0) }.map { $0 + 1 } ?? 0
    return items[..<end].lastIndex { Self.isOfModel($0) }.map { $0 + 1 } ?? 0
  }

  /// A part of a body as the model sees it, in one spelling: without white space and cache marks, and with a
  /// content that is a string as one part.
  static func canonical(_ node: JSONNode?) -> [UInt8] {
    JSONWriter.write(node?.canonicalContent ?? .null)
  }
}

extension JSONNode {
  private static let marks: [ByteString] = ["cache_control", "prompt_cache_breakpoint"]

  fileprivate var canonicalValue: JSONValue {
    switch value {
    case .null, .bool, .number, .string: return value
    case .array(let elements): return .array(of: elements.map(\.canonicalValue))
    case .object(let members):
      return .object(
        members.filter { !Self.marks.contains($0.key) }.map { member in
          let isContent = member.key == "content" || member.key == "output"
          let value =
            isContent
            ? member.node.canonicalContent
            : member.key == "type" ? member.node.canonicalType : member.node.canonicalValue
          return JSONMember(member.key, JSONNode(value))
        })
    }
  }

  fileprivate var canonicalContent: JSONValue {
    guard case .string = value else { return canonicalValue }
    return .array(of: [.object(["type": .string("text"), "text": value])])
  }

  private var canonicalType: JSONValue {
    string == "input_text" || string == "output_text" ? .string("text") : canonicalValue
  }
}
