import Bytes
import EngineEvents
import TestSupport
import Testing

/// An engine that publishes, keeps the latest messages for replays, and is restarted.
private struct PublishingEngine {
  var life: UInt8 = 0
  var messages: [EventMessage] = []
  let kept: Int

  mutating func publish() -> EventMessage {
    let sequence = UInt64(messages.count)
    let message = EventMessage(
      topic: "", sequence: sequence, payload: [life, UInt8(truncatingIfNeeded: sequence)])
    messages.append(message)
    return message
  }

  mutating func restart() {
    life += 1
    messages = []
  }

  func replay(from sequence: UInt64) -> [EventMessage] {
    messages.suffix(kept).filter { $0.sequence >= sequence }
  }
}

/// The other side: what was delivered since the last reset, and the replay that is open.
private struct Receiver {
  var sequencer: EventSequencer
  var delivered: [EventMessage] = []
  var asked: UInt64?
  var resets = 0

  init(hasReplay: Bool = true) {
    sequencer = EventSequencer(hasReplay: hasReplay)
  }

  mutating func take(_ steps: [EventSequencer.Step]) {
    for step in steps {
      switch step {
      case .deliver(let message): delivered.append(message)
      case .reset:
        delivered = []
        resets += 1
      case .replay(let sequence): asked = sequence
      }
    }
    if !sequencer.isReplaying { asked = nil }
  }

  /// Answers replays until none is asked for.
  mutating func answer(_ engine: PublishingEngine) {
    while let sequence = asked {
      asked = nil
      for message in engine.replay(from: sequence) { take(sequencer.receiveReplayed(message)) }
      take(sequencer.endReplay())
    }
  }
}

@Suite struct EventSequencerTests {
  private static func started(_ engine: PublishingEngine) -> Receiver {
    var receiver = Receiver()
    receiver.take(receiver.sequencer.connect())
    receiver.answer(engine)
    return receiver
  }

  @Test func messagesInOrderAreDelivered() {
    var engine = PublishingEngine(kept: 100)
    var receiver = Self.started(engine)
    for _ in 0..<5 { receiver.take(receiver.sequencer.receive(engine.publish())) }
    #expect(receiver.delivered == engine.messages)
    #expect(receiver.sequencer.isComplete)
    #expect(receiver.sequencer.nextSequence == 5)
  }

  @Test func whoComesLateAsksForAll() {
    var engine = PublishingEngine(kept: 100)
    for _ in 0..<5 { _ = engine.publish() }
    var receiver = Receiver()
    receiver.take(receiver.sequencer.connect())
    #expect(receiver.asked == 0)
    // A message that is sent meanwhile waits.
    receiver.take(receiver.sequencer.receive(engine.publish()))
    #expect(receiver.delivered.isEmpty)
    receiver.answer(engine)
    #expect(receiver.delivered == engine.messages)
    #expect(receiver.sequencer.isComplete)
  }

  @Test func aGapIsFilled() {
    var engine = PublishingEngine(kept: 100)
    var receiver = Self.started(engine)
    receiver.take(receiver.sequencer.receive(engine.publish()))
    _ = engine.publish()
    _ = engine.publish()
    receiver.take(receiver.sequencer.receive(engine.publish()))
    #expect(receiver.asked == 0)
    #expect(receiver.delivered.count == 1)
    receiver.answer(engine)
    #expect(receiver.delivered == engine.messages)
    #expect(receiver.resets == 0)
  }

  @Test func aGapThatCannotBeFilledIsAReset() {
    var engine = PublishingEngine(kept: 2)
    var receiver = Self.started(engine)
    receiver.take(receiver.sequencer.receive(engine.publish()))
    for _ in 0..<5 { _ = engine.publish() }
    receiver.take(receiver.sequencer.receive(engine.publish()))
    receiver.answer(engine)
    #expect(receiver.resets == 1)
    #expect(receiver.delivered == Array(engine.messages.suffix(2)))
    #expect(!receiver.sequencer.isComplete)
  }

  @Test func aNumberThatFallsBackIsANewLife() {
    var engine = PublishingEngine(kept: 100)
    var receiver = Self.started(engine)
    for _ in 0..<5 { receiver.take(receiver.sequencer.receive(engine.publish())) }
    engine.restart()
    receiver.take(receiver.sequencer.receive(engine.publish()))
    #expect(receiver.resets == 1)
    #expect(receiver.delivered == engine.messages)
    engine.restart()
    _ = engine.publish()
    // The number is the one that would follow: only the replay tells.
    receiver.take(receiver.sequencer.connect())
    receiver.take(receiver.sequencer.receive(engine.publish()))
    receiver.answer(engine)
    #expect(receiver.resets == 2)
    #expect(receiver.delivered == engine.messages)
    #expect(receiver.sequencer.isComplete)
  }

  @Test func withoutReplaysAGapIsAReset() {
    var engine = PublishingEngine(kept: 0)
    var receiver = Receiver(hasReplay: false)
    receiver.take(receiver.sequencer.connect())
    _ = engine.publish()
    receiver.take(receiver.sequencer.receive(engine.publish()))
    receiver.take(receiver.sequencer.receive(engine.publish()))
    #expect(receiver.delivered == Array(engine.messages.suffix(2)))
    #expect(!receiver.sequencer.isComplete)
    _ = engine.publish()
    receiver.take(receiver.sequencer.receive(engine.publish()))
    #expect(receiver.delivered == Array(engine.messages.suffix(1)))
    #expect(receiver.resets == 1)
  }

  @Test func aReplayThatIsNotAnsweredIsGivenUp() {
    var engine = PublishingEngine(kept: 100)
    var receiver = Self.started(engine)
    receiver.take(receiver.sequencer.receive(engine.publish()))
    _ = engine.publish()
    receiver.take(receiver.sequencer.receive(engine.publish()))
    receiver.take(receiver.sequencer.giveUpReplay())
    #expect(!receiver.sequencer.isReplaying)
    #expect(receiver.delivered == Array(engine.messages.suffix(1)))
    #expect(receiver.resets == 1)
  }

  /// Random engines, losses, restarts, late and cut answers: what was delivered is always a run of one life
  /// without a gap, and in the end all that the engine has.
  @Test(arguments: 0..<200)
  func deliveredMessagesAreARunOfOneLife(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let hasReplay = Int.random(in: 0..<5, using: &generator) > 0
    let kept = [3, 10, 1000][Int.random(in: 0..<3, using: &generator)]
    var engine = PublishingEngine(kept: kept)
    var receiver = Receiver(hasReplay: hasReplay)
    receiver.take(receiver.sequencer.connect())
    var isConnected = true
    // What the answer to the open replay still holds. An engine whose queue is full leaves messages out,
    // never the first.
    var answer: ArraySlice<EventMessage> = []
    var isFirst = true
    var lives: [[EventMessage]] = [[]]
    for _ in 0..<300 {
      switch Int.random(in: 0..<100, using: &generator) {
      case 0..<2:
        engine.restart()
        lives.append([])
        isConnected = false
        answer = []
      case 2..<5: isConnected = false
      case 5..<15 where !isConnected:
        isConnected = true
        receiver.take(receiver.sequencer.connect())
        answer = []
      case 15..<60:
        let message = engine.publish()
        lives[lives.count - 1].append(message)
        let isLost = Int.random(in: 0..<10, using: &generator) == 0
        if isConnected, !isLost { receiver.take(receiver.sequencer.receive(message)) }
      case 60..<95:
        guard receiver.sequencer.isReplaying, isConnected else { break }
        if let sequence = receiver.asked {
          receiver.asked = nil
          answer = engine.replay(from: sequence)[...]
          isFirst = true
        } else if let message = answer.popFirst() {
          if isFirst || Int.random(in: 0..<20, using: &generator) > 0 {
            receiver.take(receiver.sequencer.receiveReplayed(message))
          }
          isFirst = false
        } else {
          receiver.take(receiver.sequencer.endReplay())
        }
      default:
        guard receiver.sequencer.isReplaying else { break }
        receiver.take(receiver.sequencer.giveUpReplay())
        answer = []
      }
      let run = receiver.delivered
      #expect(zip(run, run.dropFirst()).allSatisfy { $0.sequence + 1 == $1.sequence })
      let life = run.first.map { Int($0.payload[0]) } ?? 0
      #expect(run.allSatisfy { lives[life][Int($0.sequence)] == $0 })
    }
    receiver.take(receiver.sequencer.connect())
    receiver.answer(engine)
    receiver.take(receiver.sequencer.receive(engine.publish()))
    receiver.answer(engine)
    #expect(receiver.delivered.last == engine.messages.last)
    let end = engine.messages.suffix(receiver.delivered.count)
    #expect(receiver.delivered.elementsEqual(end))
    if hasReplay, kept == 1000 {
      #expect(receiver.delivered.count == engine.messages.count)
      #expect(receiver.sequencer.isComplete)
    }
  }
}
