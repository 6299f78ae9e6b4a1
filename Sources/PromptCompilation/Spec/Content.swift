public import Bytes
public import OrderedJSON

/// The content of a message: text, or parts of which some may be no text.
public struct Content: Sendable {
  /// A part of a content.
  public enum Part: Sendable {
    case text(ByteString)
    /// Anything that is no text, an image say, as it stood in the spec. It is passed through.
    case other(JSONNode)
  }

  /// The parts in order.
  public var parts: [Part]
  /// Where it stands in the spec's source, in bytes.
  public var offset = 0

  /// Makes a content of text alone.
  public init(text: ByteString) {
    parts = [.text(text)]
  }

  /// Makes a content of parts.
  public init(parts: [Part]) {
    self.parts = parts
  }

  /// Whether there is nothing but text.
  public var isText: Bool {
    parts.allSatisfy { if case .text = $0 { true } else { false } }
  }

  /// The text of the parts, one part a line, as engines put text parts together for a template that
  /// takes a string.
  public var text: ByteString {
    if parts.count == 1, case .text(let text) = parts[0] { return text }
    return ByteString(Array(texts.map(\.bytes).joined(separator: [UInt8(ascii: "\n")])))
  }

  /// The texts of the parts that are text.
  var texts: [ByteString] {
    parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// The content as prompt and body have it: parts that all are text are one.
  var joined: Content { isText ? Content(text: text) : self }

  /// Replaces each text by what `transform` makes of it.
  mutating func mapTexts<Failure: Error>(
    _ transform: (ByteString) throws(Failure) -> ByteString
  ) throws(Failure) {
    for index in parts.indices {
      if case .text(let text) = parts[index] { parts[index] = .text(try transform(text)) }
    }
  }
}

/// A message of a conversation.
public struct Message: Sendable {
  /// Who speaks: `system`, `user`, `assistant`, `tool`, or what else the template knows.
  public var role: ByteString
  /// What is said; nil where there is none (an assistant's tool calls alone).
  public var content: Content?
  /// All other members of the message, such as `tool_calls`, in their order.
  public var members: [JSONMember]
  /// Where it stands in the spec's source, in bytes.
  public var offset = 0

  /// Makes a message.
  public init(role: ByteString, content: Content?, members: [JSONMember] = []) {
    self.role = role
    self.content = content
    self.members = members
  }

  /// Makes a message of text.
  public init(role: ByteString, text: ByteString) {
    self.init(role: role, content: Content(text: text))
  }
}
