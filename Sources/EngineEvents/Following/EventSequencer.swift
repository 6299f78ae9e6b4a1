/// Puts an engine's messages in order: fills gaps by replays, and notices that an engine was restarted or
/// that messages are lost for good.
///
/// It is told what arrives and says what to do. Between two resets the delivered messages follow one another
/// without a gap and are of one life of the engine. Messages of an engine that are sent live arrive in order
/// and once (ZeroMQ sees to it), so a number that does not grow means a new life. A replay begins with the
/// last message that is known; if the engine sends another under its number, or none, it lives anew.
public struct EventSequencer: Sendable {
  /// What is to be done.
  public enum Step: Hashable, Sendable {
    /// The next message is to be taken in.
    case deliver(EventMessage)
    /// All that was delivered is void.
    case reset
    /// All messages from the given number on are to be asked for.
    case replay(from: UInt64)
  }

  private enum Replay: Hashable {
    /// The first message that comes is the last one that is known, or the engine lives anew.
    case verifying
    /// The next message follows.
    case following
    /// What comes is of another life, or messages of the replay were lost: ask again at its end.
    case askingAgain
  }

  /// How many messages are kept that arrive during a replay; beyond them they are asked for again.
  private static let heldLimit = 1 << 14

  private let hasReplay: Bool
  private var replay: Replay?
  private var last: EventMessage?
  private var lastLive: UInt64?
  private var held: [EventMessage] = []
  /// Whether what is known begins late because a replay was not answered.
  private var wasGivenUp = false
  /// Whether the open replay is one of all messages.
  private var isFromStart = false
  /// Whether all messages of the engine's life were delivered.
  public private(set) var isComplete = false
  /// How often messages were missing behind the last one that was delivered.
  public private(set) var gapCount = 0

  /// Makes a sequencer that knows of no message.
  ///
  /// - Parameter hasReplay: whether replays can be asked for. If not, each gap is a reset.
  public init(hasReplay: Bool = true) {
    self.hasReplay = hasReplay
  }

  /// Whether the answer to a replay is awaited.
  public var isReplaying: Bool { replay != nil }

  /// The number that the next message is to have.
  public var nextSequence: UInt64 { last.map { $0.sequence &+ 1 } ?? 0 }

  /// A connection with the engine was made, at first or again.
  public mutating func connect() -> [Step] {
    held = []
    lastLive = nil
    // What the engine did not say the last time may be had now.
    return (wasGivenUp && !isComplete && hasReplay ? forget() : []) + askForReplay()
  }

  /// A message arrived that was sent live.
  public mutating func receive(_ message: EventMessage) -> [Step] {
    var steps: [Step] = []
    if let lastLive, message.sequence <= lastLive {
      held = []
      replay = nil
      steps += forget()
    }
    lastLive = message.sequence
    if isReplaying || message.sequence > nextSequence {
      hold(message)
      if isReplaying { return steps }
      gapCount += last == nil ? 0 : 1
      return steps + askForReplay()
    }
    return message.sequence == nextSequence ? steps + deliver(message) : steps
  }

  /// A message arrived that was asked for.
  public mutating func receiveReplayed(_ message: EventMessage) -> [Step] {
    switch replay {
    case .verifying:
      guard let last, message.sequence >= last.sequence else { return [] }
      if message.sequence == last.sequence, message.payload == last.payload {
        replay = .following
        return []
      }
      let steps = forget()
      guard message.sequence == last.sequence else {
        // The engine no longer has what follows the last one.
        replay = .following
        return steps + deliver(message)
      }
      replay = .askingAgain
      return steps
    case .following:
      if message.sequence < nextSequence { return [] }
      if message.sequence > nextSequence, last != nil {
        gapCount += 1
        replay = .askingAgain
        return []
      }
      return deliver(message)
    case .askingAgain, nil: return []
    }
  }

  /// The replay is at its end.
  public mutating func endReplay() -> [Step] {
    switch replay {
    case nil: return []
    case .verifying:
      // The engine has no message of the number of the last one.
      return forget() + askForReplay()
    case .askingAgain: return askForReplay()
    case .following:
      replay = nil
      if isFromStart { wasGivenUp = false }
      return release()
    }
  }

  /// The replay is not answered, or not to its end.
  public mutating func giveUpReplay() -> [Step] {
    guard let state = replay else { return [] }
    replay = nil
    wasGivenUp = true
    return (state == .following ? [] : forget()) + release()
  }

  private mutating func askForReplay() -> [Step] {
    isFromStart = last == nil
    replay = isFromStart ? .following : .verifying
    guard hasReplay else { return giveUpReplay() }
    return [.replay(from: last?.sequence ?? 0)]
  }

  private mutating func hold(_ message: EventMessage) {
    if held.count == Self.heldLimit { held = [] }
    held.append(message)
  }

  /// Delivers what arrived during a replay. What is missing before the first message is lost; a gap behind
  /// it is asked for.
  private mutating func release() -> [Step] {
    let waiting = held.drop { $0.sequence < nextSequence }
    held = []
    var steps: [Step] = []
    if let first = waiting.first, first.sequence > nextSequence { steps += forget() }
    for (index, message) in zip(waiting.indices, waiting) {
      guard index == waiting.startIndex || message.sequence == nextSequence else {
        held = Array(waiting[index...])
        gapCount += 1
        return steps + askForReplay()
      }
      steps += deliver(message)
    }
    return steps
  }

  private mutating func deliver(_ message: EventMessage) -> [Step] {
    if last == nil { isComplete = message.sequence == 0 }
    last = message
    return [.deliver(message)]
  }

  private mutating func forget() -> [Step] {
    isComplete = false
    guard last != nil else { return [] }
    last = nil
    return [.reset]
  }
}
