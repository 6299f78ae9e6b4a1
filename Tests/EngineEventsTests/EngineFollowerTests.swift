import Bytes
import ContextIndex
import EngineEvents
import EngineTestSupport
import Foundation
import Synchronization
import TestSupport
import Testing

/// Follows engines over real sockets of ZeroMQ.
@Suite(.serialized) struct EngineFollowerTests {
  private static let tokens = (0..<64).map { UInt32($0 * 31) }
  private static let hashes = PageHash.vllmCBOR().digests(of: tokens, pageSize: 4).map {
    EngineBlockHash(PageHash.vllmCBOR().published($0))
  }

  /// The event that the blocks `range` of the prompt are stored.
  private static func stored(_ range: Range<Int>) -> EngineEvent {
    .stored(
      StoredBlocks(
        hashes: Array(hashes[range]),
        parent: range.lowerBound > 0 ? hashes[range.lowerBound - 1] : nil,
        tokens: Array(tokens[(4 * range.lowerBound)..<(4 * range.upperBound)]), blockSize: 4))
  }

  /// Lets the engine answer until a condition holds; false if it does not within 20 seconds.
  private static func wait(_ engine: PublishedEngine, until condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    while !condition() {
      guard ContinuousClock.now < end else { return false }
      engine.answerReplays()
      usleep(2_000)
    }
    return true
  }

  private static func held(_ follower: EngineFollower) -> Int {
    follower.withCache { $0.heldPrefix(of: tokens) }
  }

  @Test(arguments: [
    PublishedEngine.Form(usesMaps: true, replaysTopic: true),
    PublishedEngine.Form(usesMaps: false, replaysTopic: false),
  ])
  func aGapIsFilledByAReplay(form: PublishedEngine.Form) throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint, form: form)
    let follower = try EngineFollower(
      EngineConnection(
        endpoint: endpoint, replayEndpoint: engine.replayEndpoint, topic: "kv"))
    #expect(Self.wait(engine) { follower.status.connections == 1 && engine.replays > 0 })
    engine.publish([Self.stored(0..<2)])
    #expect(Self.wait(engine) { Self.held(follower) == 8 })
    engine.publish([Self.stored(2..<6)], isLost: true)
    engine.publish([.removed([Self.hashes[4]], medium: nil)], isLost: true)
    let replays = engine.replays
    engine.publish([Self.stored(6..<8)])
    #expect(Self.wait(engine) { follower.status.nextSequence == 4 })
    #expect(engine.replays > replays)
    #expect(Self.held(follower) == 16)
    engine.publish([Self.stored(4..<5)])
    #expect(Self.wait(engine) { Self.held(follower) == 32 })
    #expect(follower.status.isComplete)
    #expect(follower.status.resets == 0)
    #expect(follower.status.batches == 5)
    #expect(follower.status.events == 5)
    #expect(follower.status.gaps == 1)
    #expect(follower.status.replays >= 2)
  }

  @Test func whoComesLateGetsAll() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint, binds: true)
    for index in 0..<8 { engine.publish([Self.stored(index..<(index + 1))]) }
    let follower = try EngineFollower(
      EngineConnection(endpoint: endpoint, replayEndpoint: engine.replayEndpoint, role: .connect))
    #expect(Self.wait(engine) { Self.held(follower) == 32 })
    engine.publish([Self.stored(8..<16)])
    #expect(Self.wait(engine) { Self.held(follower) == 64 })
    #expect(follower.status.isComplete)
    engine.publish([.cleared(medium: nil)])
    #expect(Self.wait(engine) { Self.held(follower) == 0 })
  }

  @Test func anEngineThatIsRestartedBeginsAnew() throws {
    // The path of a socket has at most 107 bytes.
    let name = "cpc-\(UUID().uuidString.prefix(8))"
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let endpoint = "ipc://\(folder)/events"
    let replays = "ipc://\(folder)/replays"
    var engine = PublishedEngine(endpoint: endpoint, binds: true, replayEndpoint: replays)
    let follower = try EngineFollower(
      EngineConnection(endpoint: endpoint, replayEndpoint: replays))
    #expect(Self.wait(engine) { follower.status.connections == 1 })
    engine.publish([Self.stored(0..<4)])
    engine.publish([Self.stored(4..<8)])
    #expect(Self.wait(engine) { Self.held(follower) == 32 })
    engine = PublishedEngine(
      endpoint: "ipc://\(folder)/other", binds: true, replayEndpoint: "ipc://\(folder)/unused")
    #expect(Self.wait(engine) { follower.status.connections == 0 })
    engine = PublishedEngine(endpoint: endpoint, binds: true, replayEndpoint: replays)
    // The new engine is as far as the old one was, before anybody listens: only its replay tells.
    engine.publish([Self.stored(0..<1)])
    engine.publish([Self.stored(1..<2)])
    #expect(Self.wait(engine) { Self.held(follower) == 8 })
    engine.publish([Self.stored(2..<3)])
    #expect(Self.wait(engine) { Self.held(follower) == 12 })
    #expect(follower.status.resets == 1)
    #expect(follower.status.isComplete)
  }

  @Test func lostMessagesAreAReset() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint, kept: 2)
    let follower = try EngineFollower(
      EngineConnection(endpoint: endpoint, replayEndpoint: engine.replayEndpoint))
    #expect(Self.wait(engine) { follower.status.connections == 1 && engine.replays > 0 })
    engine.publish([Self.stored(0..<4)])
    #expect(Self.wait(engine) { Self.held(follower) == 16 })
    for index in 4..<8 { engine.publish([Self.stored(index..<(index + 1))], isLost: true) }
    engine.publish([Self.stored(0..<1)])
    #expect(Self.wait(engine) { follower.status.nextSequence == 6 })
    #expect(Self.held(follower) == 4)
    #expect(follower.status.resets == 1)
    #expect(!follower.status.isComplete)
  }

  @Test func aPromptIsLookedUpAsOfAMoment() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint)
    let follower = try EngineFollower(
      EngineConnection(endpoint: endpoint, replayEndpoint: engine.replayEndpoint))
    // Until the replay is answered it is not known what the engine holds.
    #expect(follower.moment == nil)
    #expect(Self.wait(engine) { follower.status.isUsable })
    engine.publish([Self.stored(0..<2)])
    #expect(Self.wait(engine) { Self.held(follower) == 8 })
    let moment = try #require(follower.moment)
    engine.publish([Self.stored(2..<4)])
    #expect(Self.wait(engine) { Self.held(follower) == 16 })
    func held(since moment: EngineFollower.Moment) -> Int? {
      follower.withCache(since: moment) { $0.heldPrefix(of: Self.tokens, since: $1) }
    }
    #expect(held(since: moment) == 8)
    #expect(try held(since: #require(follower.moment)) == 16)
    engine.publish(payload: [0xC1])
    #expect(Self.wait(engine) { follower.status.unreadable == 1 })
    #expect(held(since: moment) == nil)
  }

  @Test func withoutReplaysGapsAreResets() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint)
    let follower = try EngineFollower(EngineConnection(endpoint: endpoint))
    #expect(Self.wait(engine) { follower.status.connections == 1 })
    // What is published until the subscription has come to the engine is lost.
    #expect(
      Self.wait(engine) {
        engine.publish([Self.stored(0..<4)])
        return Self.held(follower) == 16
      })
    engine.publish([Self.stored(4..<5)], isLost: true)
    engine.publish([Self.stored(0..<1)])
    #expect(Self.wait(engine) { Self.held(follower) == 4 })
    #expect(follower.status.gaps == 1)
    #expect(follower.status.replays == 0)
    #expect(follower.status.isUsable)
  }

  @Test func aReplayThatNobodyAnswersIsGivenUp() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint)
    let follower = try EngineFollower(
      EngineConnection(
        endpoint: endpoint, replayEndpoint: PublishedEngine.freeEndpoint(),
        replayPatience: .milliseconds(50)))
    #expect(Self.wait(engine) { follower.status.connections == 1 })
    #expect(
      Self.wait(engine) {
        engine.publish([Self.stored(0..<4)])
        return Self.held(follower) == 16
      })
  }

  @Test func aBatchThatCannotBeReadVoidsTheMirror() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint)
    let updates = Mutex<[EngineUpdate]>([])
    let follower = try EngineFollower(
      EngineConnection(endpoint: endpoint, replayEndpoint: engine.replayEndpoint)
    ) { update in updates.withLock { $0.append(update) } }
    engine.publish([Self.stored(0..<4)])
    #expect(Self.wait(engine) { Self.held(follower) == 16 })
    engine.publish(payload: [0x93, 0x00])
    engine.publish([Self.stored(0..<2)])
    #expect(Self.wait(engine) { follower.status.nextSequence == 3 })
    #expect(Self.held(follower) == 8)
    #expect(follower.status.unreadable == 1)
    #expect(follower.status.lastFault?.offset == 0)
    #expect(updates.withLock { $0.contains { if case .unreadable = $0 { true } else { false } } })
    follower.stop()
    let count = updates.withLock { $0.count }
    engine.publish([Self.stored(2..<4)])
    // Time for a thread that were not joined to count it.
    usleep(50_000)
    #expect(updates.withLock { $0.count } == count)
    follower.stop()
  }

  @Test func aSubscriberMayStopItself() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let engine = PublishedEngine(endpoint: endpoint)
    let subscriber = Mutex<EngineEventSubscriber?>(nil)
    let isStopped = Mutex(false)
    let connection = EngineConnection(endpoint: endpoint)
    subscriber.withLock {
      $0 = try? EngineEventSubscriber(connection) { _ in
        subscriber.withLock { $0 }?.stop()
        isStopped.withLock { $0 = true }
      }
    }
    #expect(subscriber.withLock { $0 != nil })
    #expect(Self.wait(engine) { isStopped.withLock { $0 } })
  }

  @Test func endpointsThatCannotBeUsedAreErrors() throws {
    let endpoint = PublishedEngine.freeEndpoint()
    let first = try EngineFollower(EngineConnection(endpoint: endpoint))
    defer { first.stop() }
    let error = #expect(throws: EngineConnectionError.self) {
      try EngineFollower(EngineConnection(endpoint: endpoint))
    }
    #expect(error?.description == "cannot bind \(endpoint): Address already in use")
    #expect(throws: EngineConnectionError.self) {
      try EngineFollower(EngineConnection(endpoint: "nowhere"))
    }
    #expect(throws: EngineConnectionError.self) {
      try EngineFollower(EngineConnection(endpoint: "tcp://*:5557", replayEndpoint: "nowhere"))
    }
  }

  @Test(arguments: [
    ("tcp://*:5557", EngineConnection.Role.connect, "tcp://127.0.0.1:5557"),
    ("tcp://[::]:5557", .connect, "tcp://[::1]:5557"),
    ("ipc:///run/events", .connect, "ipc:///run/events"),
    ("tcp://127.0.0.1:5557", .bind, "tcp://127.0.0.1:5557"),
  ])
  func theEnginesConfigurationTellsWhoBinds(
    text: String, role: EngineConnection.Role, endpoint: String
  ) {
    let connection = EngineConnection(endpoint: text, replayEndpoint: "tcp://*:5558")
    #expect(connection.role == role)
    #expect(connection.endpoint == endpoint)
    #expect(connection.replayEndpoint == "tcp://127.0.0.1:5558")
    #expect(EngineConnection(endpoint: text, role: .connect).role == .connect)
  }
}
