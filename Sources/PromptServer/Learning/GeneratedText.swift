internal import Bytes
internal import OrderedJSON

/// The text that a model generated, from a reply or the events of a stream of OpenAI's interfaces for chat and
/// completions.
struct GeneratedText: Sendable {
  /// What was generated so far, in UTF-8; nil if there was something else than one plain text, such as a call of
  /// a tool, thoughts, a second choice, or too much of it.
  private(set) var text: [UInt8]? = []
  /// Why it ended: `stop`, `length`; nil if the reply does not say.
  private(set) var finishReason: ByteString?
  /// The longest text that is kept, in bytes.
  private static let limit = 4 << 20

  /// Whether all that was generated so far is known.
  var isKnown: Bool { text != nil }

  /// Takes in a reply, or the next event.
  mutating func append(_ reply: JSONNode) {
    guard let kept = text, let choices = reply["choices"]?.elements, !choices.isEmpty else {
      return
    }
    guard choices.count == 1, let choice = choices.first, choice["index"]?.isZero ?? true,
      let addition = Self.text(of: choice), kept.count + addition.count <= Self.limit
    else {
      text = nil
      return
    }
    text?.append(contentsOf: addition)
    finishReason = choice["finish_reason"]?.string ?? finishReason
  }

  private static func text(of choice: JSONNode) -> [UInt8]? {
    if let text = choice["text"]?.string { return text.bytes }
    guard let message = choice["message"] ?? choice["delta"] else { return [] }
    for key in ["tool_calls", "function_call", "reasoning_content", "reasoning", "refusal"] {
      if let other = message[ByteString(key)], !other.isNull, other.elements?.isEmpty != true {
        return nil
      }
    }
    guard let content = message["content"], !content.isNull else { return [] }
    return content.string?.bytes
  }
}

extension JSONNode {
  fileprivate var isZero: Bool {
    if case .number(let number) = value { number.integer == 0 } else { false }
  }
}
