internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// A text in a request body, in the order in which the model sees it.
struct BodyText {
  /// The message or tool result that it is of.
  var owner: TextOwner
  /// Which message or item of the body it stands in; -1 for the system text that stands before them.
  var item: Int
  /// Whether citations point into the text by position, so that it has to stay as it is.
  var isCited: Bool
  /// Where it stands in the body, a JSON pointer (RFC 6901).
  var path: ByteString
  /// The text.
  var text: [UInt8]
  /// Where it is spelled.
  var literal: JSONStringLiteral
}

extension BodyText {
  /// What is done with a text.
  enum Use {
    /// What it repeats becomes references.
    case folded
    /// It stays, and references may point to it.
    case shown
    /// It stays.
    case ignored
  }

  /// What is done with this text.
  ///
  /// A text of the user's that is long has a reference in it when it is folded, or is as long as it was: the
  /// answer is the same for both.
  func use(_ wording: ReferenceWording, showsAssistant: Bool) -> Use {
    switch owner.speaker {
    case .system: .shown
    case .assistant: showsAssistant ? .shown : .ignored
    case _ where isCited: .shown
    case .tool: .folded
    case .user:
      text.count >= ConversationFolder.minimumLength || wording.isMentioned(in: text)
        ? .folded : .shown
    }
  }
}
