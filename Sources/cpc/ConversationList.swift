import Bytes
import ContextIndex
import ContextStore
import OrderedJSON

/// The conversations whose states an index holds, for people and as JSON.
struct ConversationList {
  private let conversations: [StoredConversation]

  init(_ conversations: [StoredConversation]) {
    self.conversations = conversations
  }

  /// How many there are and how large they are.
  var summary: String {
    let bytes = conversations.reduce(0) { $0 + $1.bytes }
    return "\(Self.count(conversations.count, "conversation")), \(bytes) bytes of them"
  }

  /// A line for each.
  var lines: [String] {
    conversations.map { conversation in
      "conversation \(conversation.id), \(conversation.key.text): "
        + "\(Self.count(conversation.turns, "turn")), \(conversation.bytes) bytes, "
        + WallClock.text(conversation.lastUse)
    }
  }

  /// An object for each.
  var json: JSONValue {
    .array(
      of: conversations.map { conversation in
        .object([
          "model": .string(conversation.key.model), "tenant": .string(conversation.key.tenant),
          "conversation_id": .string(conversation.id), "turns": .integer(conversation.turns),
          "bytes": .integer(conversation.bytes),
          "last_use_ms": .integer(Int(clamping: conversation.lastUse)),
        ])
      })
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
