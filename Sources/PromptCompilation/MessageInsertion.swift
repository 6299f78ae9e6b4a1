public import Bytes

/// What a compiled prompt has in a message in front of the user's own words.
public struct MessageInsertion: Hashable, Sendable {
  /// The place of the message among those of the request, from 0.
  public let message: Int
  /// Frames, references, the annotation, and the line that sets the words off: UTF-8 that ends with a newline.
  public let text: ByteString
  /// Whether it stands as it was sent in an earlier turn.
  public let isRecalled: Bool
}

extension CompiledPrompt {
  /// What was put in front of the user's words, by message.
  ///
  /// Whoever has a request body of the same messages makes the compiled one of it by these insertions alone.
  public var insertions: [MessageInsertion] { MessageInsertion.insertions(in: messages) }
}

extension MessageInsertion {
  static func insertions(in messages: [PromptMessage]) -> [MessageInsertion] {
    messages.enumerated().compactMap { place, message in
      guard let content = message.content, !message.parts.isEmpty else { return nil }
      var end = content.text.count
      if let last = message.parts.last, last.kind == .query || last.kind == .turn {
        end = last.content.start
      }
      guard end > 0 else { return nil }
      return MessageInsertion(
        message: place, text: ByteString(content.text.bytes.prefix(end)),
        isRecalled: message.isRecalled)
    }
  }
}
