internal import Synchronization

/// What is believed of a prompt, which is counted beside its request.
final class NotedPrediction: Sendable {
  private let state: Mutex<PromptPrediction?> = Mutex(nil)

  /// What is believed; nil as long as that is not known.
  var value: PromptPrediction? { state.withLock { $0 } }

  /// Notes it.
  func note(_ prediction: PromptPrediction) { state.withLock { $0 = prediction } }
}

/// What the server did with the latest requests, for its page: no content, no field, no key.
public final class RequestLog: Sendable {
  /// A request that was answered.
  struct Entry: Sendable {
    var id: String
    /// When it began: `2026-11-28T14:00:05.123Z`.
    var time: String
    var endpoint: String
    var status: Int
    /// How long the whole of it took, and how long it waited for us, in milliseconds.
    var milliseconds: Double
    var overhead: Double?
    /// What the reply says of its tokens.
    var promptTokens: Int?
    var cachedTokens: Int?
    /// The bytes of the body as it came and as it was passed on; nil where it was not read.
    var bytes: Int?
    var sentBytes: Int?
    /// The tenant's pseudonym.
    var tenant: String
    /// What was done with prompts.
    var mode: String
    /// The tokens that references took out.
    var savedTokens: Int
    /// Why the body was passed on as it came, or why there was no reply of the upstream's; nil if neither was so.
    var reason: String?
    /// What was believed of the prompt, as soon as it is counted.
    var prediction: NotedPrediction
  }

  /// The tokens of a minute.
  struct Minute: Sendable {
    /// Minutes since 1970.
    var minute: Int
    var promptTokens = 0
    var cachedTokens = 0
    var savedBytes = 0
    var savedTokens = 0
    var requests = 0
  }

  private struct State {
    var entries: [Entry] = []
    var minutes: [Minute] = []
  }
  private let state: Mutex<State> = Mutex(State())

  /// So many requests, and so many minutes in which there were some, are kept.
  static let limits = (entries: 100, minutes: 60)

  /// Adds a request.
  ///
  /// - Parameter minute: now, in minutes since 1970.
  func append(_ entry: Entry, atMinute minute: Int) {
    state.withLock { state in
      state.entries.append(entry)
      if state.entries.count > Self.limits.entries { state.entries.removeFirst() }
      if state.minutes.last?.minute != minute { state.minutes.append(Minute(minute: minute)) }
      if state.minutes.count > Self.limits.minutes { state.minutes.removeFirst() }
      let last = state.minutes.count - 1
      state.minutes[last].requests += 1
      state.minutes[last].promptTokens += entry.promptTokens ?? 0
      state.minutes[last].cachedTokens += entry.cachedTokens ?? 0
      state.minutes[last].savedTokens += entry.savedTokens
      state.minutes[last].savedBytes += (entry.bytes ?? 0) - (entry.sentBytes ?? entry.bytes ?? 0)
    }
  }

  /// The requests, the latest first.
  var entries: [Entry] { state.withLock { $0.entries.reversed() } }

  /// The minutes, the latest last.
  var minutes: [Minute] { state.withLock { $0.minutes } }
}
