internal import Synchronization

/// How much an engine told, and on what predictions rest.
final class FollowingCounts: Sendable {
  private let told: Atomic<Int> = Atomic(0)
  private let followed: Atomic<Int> = Atomic(0)
  private let simulated: Atomic<Int> = Atomic(0)

  /// Counts a batch of events.
  func countBatch() {
    told.add(1, ordering: .relaxed)
  }

  /// Counts a prediction.
  ///
  /// - Parameter isFollowed: whether it is by the engine's word, or simulated.
  func countPrediction(isFollowed: Bool) {
    if isFollowed {
      followed.add(1, ordering: .relaxed)
    } else {
      simulated.add(1, ordering: .relaxed)
    }
  }

  /// The batches of all ranks.
  var batches: Int { told.load(ordering: .relaxed) }
  /// The predictions by the engine's word.
  var followedPredictions: Int { followed.load(ordering: .relaxed) }
  /// The predictions by simulation.
  var simulatedPredictions: Int { simulated.load(ordering: .relaxed) }
}
