internal import Bytes
internal import OrderedJSON

/// The last message of a conversation, that the model is to continue.
///
/// The way of transformers: a mark is put behind the text of the message, and the prompt is cut where
/// the mark comes out. White space that the template trims before the mark goes with it.
struct ContinuedMessage {
  private static let mark = Array("CONTINUE_FINAL_MESSAGE_TAG ".utf8)

  /// The conversation with the mark.
  private(set) var messages: [JSONNode]
  /// The text that is to be continued, without white space at its ends.
  private let text: Text
  private let source: TemplateSource

  /// Marks the last message.
  ///
  /// - Parameter name: the member of the message that holds the text.
  /// - Throws: `TemplateError` if the message has no text there.
  init(
    _ name: ByteString, of messages: [JSONNode], for source: TemplateSource
  ) throws(TemplateError) {
    func fault(_ message: String) -> TemplateError {
      source.error(.runtime, "cannot continue the last message: \(message)", at: 0)
    }
    self.messages = messages
    self.source = source
    guard let last = messages.last, case .object(var members) = last.value,
      let content = Reasoning.value(of: name, in: members)
    else { throw fault("it has no \"\(name)\"") }
    let names = Reasoning.names.contains(name) ? Reasoning.names : [name]
    guard names.contains(where: { Text(source.bytes).firstOffset(of: $0.bytes) != nil }) else {
      throw fault("the template does not print its \"\(name)\"")
    }
    switch content.value {
    case .string(let string):
      text = Text(string.bytes).stripped()
      for index in members.indices
      where names.contains(members[index].key) && members[index].node.string == string {
        members[index].node.value = Self.marked(string)
      }
    case .array(var parts):
      let place = parts.lastIndex { $0["text"] != nil }
      guard let place, let string = parts[place]["text"]?.string else {
        throw fault("there is no text in its \"\(name)\"")
      }
      text = Text(string.bytes).stripped()
      parts[place] = parts[place].replacing("text", by: Self.marked(string))
      for index in members.indices where members[index].key == name {
        members[index].node.value = .array(parts)
      }
    default: throw fault("its \"\(name)\" is \(content.value.kind)")
    }
    self.messages[messages.count - 1].value = .object(members)
  }

  private static func marked(_ string: ByteString) -> JSONValue {
    .string(ByteString(string.bytes + mark))
  }

  /// The prompt up to where the text of the message ends.
  ///
  /// - Throws: `TemplateError` if the template does not print that text whole.
  func cut(_ rendered: Text) throws(TemplateError) -> Text {
    guard let end = rendered.lastOffset(of: Self.mark.dropLast()), rendered.contains(text) else {
      throw source.error(
        .runtime, "cannot continue the last message: the template leaves out some of its text",
        at: 0)
    }
    let prompt = rendered.slice(ByteRange(0, end))
    return rendered.bytes[end...].starts(with: Self.mark) ? prompt : prompt.stripped(.end)
  }
}

extension JSONNode {
  /// The object with the value of a member replaced.
  fileprivate func replacing(_ key: ByteString, by value: JSONValue) -> JSONNode {
    guard case .object(var members) = self.value else { return self }
    for index in members.indices where members[index].key == key {
      members[index].node.value = value
    }
    return JSONNode(.object(members), offset: offset)
  }
}
