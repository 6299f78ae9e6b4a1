internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// A text in a request body, in the order in which the model sees it.
struct BodyText {
  /// Whose text it is.
  enum Speaker: String {
    case system = "system message"
    case user = "user message"
    case assistant = "assistant message"
    case tool = "tool result"
  }

  /// Whose text it is.
  var speaker: Speaker
  /// The number of the message or tool result among those of its speaker, from 1.
  var number: Int
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
    switch speaker {
    case .system: .shown
    case .assistant: showsAssistant ? .shown : .ignored
    case _ where isCited: .shown
    case .tool: .folded
    case .user:
      text.count >= BodyFolder.minimumUserLength || wording.isMentioned(in: text)
        ? .folded : .shown
    }
  }
}

/// How references name the texts of a body: `tool result 3`, `tool result 3, part 2`.
///
/// The name of a text depends on nothing behind it.
struct BodyTextNames {
  private struct Owner: Hashable {
    var speaker: BodyText.Speaker
    var number: Int
  }

  private var partCounts: [Owner: Int] = [:]

  /// Returns the name of the next part of what `text` belongs to.
  mutating func next(for text: BodyText) -> ByteString {
    let part = partCounts[Owner(speaker: text.speaker, number: text.number), default: 0] + 1
    partCounts[Owner(speaker: text.speaker, number: text.number)] = part
    let name = "\(text.speaker.rawValue) \(text.number)"
    return ByteString(part == 1 ? name : "\(name), part \(part)")
  }
}
