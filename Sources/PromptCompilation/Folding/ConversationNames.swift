internal import Bytes

/// A message or a tool result of a conversation, of which some texts are.
struct TextOwner: Hashable {
  /// Whose text it is.
  enum Speaker: String {
    case system = "system message"
    case user = "user message"
    case assistant = "assistant message"
    case tool = "tool result"

    /// Whoever speaks in a message of a role.
    init(role: ByteString) {
      switch role {
      case "system", "developer": self = .system
      case "tool", "function": self = .tool
      case "assistant": self = .assistant
      default: self = .user
      }
    }
  }

  /// Whose text it is.
  var speaker: Speaker
  /// Which of the speaker's messages or results it is, from 1.
  var number: Int
}

/// How references name the texts of a conversation: `tool result 3`, `user message 2`, and
/// `tool result 3, part 2` for a further text of the same message.
///
/// A message without content is not counted, nor is an empty text. The name of a text depends on nothing
/// behind it.
struct ConversationNames {
  private var counts: [TextOwner.Speaker: Int] = [:]
  private var partCounts: [TextOwner: Int] = [:]

  /// Counts the next message or result of a speaker.
  mutating func begin(_ speaker: TextOwner.Speaker) -> TextOwner {
    counts[speaker, default: 0] += 1
    return TextOwner(speaker: speaker, number: counts[speaker, default: 0])
  }

  /// The name of the next text of `owner`.
  mutating func next(of owner: TextOwner) -> ByteString {
    partCounts[owner, default: 0] += 1
    let part = partCounts[owner, default: 0]
    let name = "\(owner.speaker.rawValue) \(owner.number)"
    return ByteString(part == 1 ? name : "\(name), part \(part)")
  }
}
