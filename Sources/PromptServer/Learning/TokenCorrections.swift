internal import Bytes
internal import PromptCompilation
internal import Synchronization

/// What a hosted service says of one tenant's estimated tokens, by model.
final class TokenCorrections: Sendable {
  private let state: Mutex<[ByteString: TokenCorrection]> = Mutex([:])
  /// The most models of one tenant; the names come from clients.
  private static let limit = 64

  /// What is known, by model.
  var all: [ByteString: TokenCorrection] { state.withLock { $0 } }

  /// The least tokens of a body that is learned from: what a service adds to each would weigh too much.
  private static let leastTokens = 256
  /// What tells of contents whose tokens are not estimated.
  private static let otherContents: [ByteString] = ["\"image", "\"input_", "base64"]

  /// Learns from the reply to a body; nil if nothing can be learned from it.
  func learn(from body: MarkedBody) -> (any SentRecord)? {
    guard body.tokens >= Self.leastTokens,
      !Self.otherContents.contains(where: { body.bytes.firstOffset(of: $0.bytes) != nil })
    else { return nil }
    return Estimate(
      corrections: self, model: body.model, tokens: Double(body.tokens) / body.factor)
  }

  private struct Estimate: SentRecord {
    let corrections: TokenCorrections
    let model: ByteString
    /// Before any correction.
    let tokens: Double

    func finish(_ reply: PromptReply) {
      guard let actual = reply.usage.promptTokens else { return }
      corrections.state.withLock { known in
        guard known[model] != nil || known.count < TokenCorrections.limit else { return }
        known[model, default: TokenCorrection()].learn(estimated: tokens, actual: actual)
      }
    }
  }
}
