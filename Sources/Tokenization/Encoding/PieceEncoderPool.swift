internal import Glibc
internal import Synchronization

/// The working memory of encoders that are gone, for those to come: with it they know the pieces that were met before,
/// and need not ask the system for pages. What an encoder gives does not depend on it.
final class PieceEncoderPool: Sendable {
  /// What nobody else refers to may be handed to another task.
  private struct Idle: @unchecked Sendable {
    let encoder: PieceEncoder
  }

  private let vocabulary: Vocabulary
  private let idle = Mutex<[Idle]>([])

  /// The most that is kept: what as many tasks as there are processors use at the same time.
  private static let limit = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
  }

  /// Takes an encoder out, the one that was used last, or makes one.
  func take() -> PieceEncoder {
    idle.withLock { $0.popLast() }?.encoder ?? PieceEncoder(vocabulary)
  }

  /// Keeps an encoder that the caller uses no more, if there is room.
  func keep(_ encoder: PieceEncoder) {
    let kept = Idle(encoder: encoder)
    idle.withLock { if $0.count < Self.limit { $0.append(kept) } }
  }
}
