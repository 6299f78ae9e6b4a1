internal import Bytes

/// How references name the texts of a conversation: `tool result 3`, `user message 2`, and
/// `tool result 3, part 2` for a further text of the same message. A turn that is added renames none.
struct ConversationNames {
  private var counts: (tool: Int, user: Int) = (0, 0)
  private var message = ""
  private var part = 0

  /// Begins the next message of a role.
  mutating func beginMessage(_ role: ByteString) {
    part = 0
    if role == "tool" {
      counts.tool += 1
      message = "tool result \(counts.tool)"
    } else {
      counts.user += 1
      message = "user message \(counts.user)"
    }
  }

  /// The name of the next text of the message.
  mutating func next() -> ByteString {
    part += 1
    return ByteString(part == 1 ? message : "\(message), part \(part)")
  }
}
