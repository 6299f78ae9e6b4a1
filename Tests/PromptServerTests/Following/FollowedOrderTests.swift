import Bytes
import EngineEvents
import EngineTestSupport
import Foundation
import PromptServer
import Testing

/// Blocks and documents are laid out on what the engine holds.
@Suite struct FollowedOrderTests {
  private static let names = ["kitchen", "cellar", "attic"]
  private static let other = ["attic", "cellar", "kitchen"]
  private static let fields = ["x-cpc-tenant: one"]

  private static func words(_ name: String) -> String {
    (0..<20).map { "the \(name) has window \($0)" }.joined(separator: ", ")
  }

  private static func blocks(_ names: [String], _ conversation: String = "") -> String {
    let blocks = names.map { "{\"id\":\"\($0)\",\"text\":\"\(words($0))\"}" }
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"}],"
      + "\"cpc\":{\(conversation)\"blocks\":[\(blocks.joined(separator: ","))]}}"
  }

  /// A body with documents. The same words behind them get the same order again.
  private static func documents(_ names: [String], _ place: String = "it") -> String {
    let documents = names.map { "<document id='\($0)'>\(words($0))</document>" }
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"<documents>\\n"
      + documents.joined(separator: "\\n") + "\\n</documents>\\nWhere is \(place)?\"}]}"
  }

  /// The order in which the latest request that was sent has the names.
  private static func order(_ upstream: ScriptedUpstream) throws -> [String] {
    let text = try #require(upstream.requests.last).text
    return names.compactMap { name in
      text.range(of: "the \(name) has window 0").map { (name, $0.lowerBound) }
    }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  @Test(arguments: [
    blocks(names), blocks(names, "\"conversation_id\":\"c\","), documents(names),
  ])
  func whatTheEngineGaveUpIsNoReasonForAnOrder(first: String) async throws {
    let isDocuments = first.contains("<document")
    @Sendable func second(_ place: String) -> String {
      isDocuments ? Self.documents(Self.other, place) : Self.blocks(Self.other)
    }
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream, [.mode: "optimize"]) { (followed) async throws in
      #expect(try await followed.follows())
      try await followed.chat(first, Self.fields)
      #expect(try Self.order(upstream) == Self.names)
      let stored = try EngineBlocks(of: #require(upstream.requests.last).text)
      followed.engine.publish([stored.stored()])
      #expect(try await followed.hears(batches: 1))
      // What the engine holds keeps its order.
      try await followed.chat(second(" a"), Self.fields)
      #expect(try Self.order(upstream) == Self.names)
      // The first block stays and what stands behind it goes.
      let end = try #require(Self.tokens(before: "the cellar", stored, upstream))
      followed.engine.publish([stored.removed(from: end / EngineBlocks.size + 1)])
      #expect(try await followed.hears(batches: 2))
      try await followed.chat(second(" b"), Self.fields)
      #expect(try Self.order(upstream) == ["kitchen", "attic", "cellar"])
      // All goes. The order is that of importance again.
      followed.engine.publish([.cleared(medium: nil)])
      #expect(try await followed.hears(batches: 3))
      try await followed.chat(second(" c"), Self.fields)
      #expect(try Self.order(upstream) == Self.other)
    }
  }

  /// About how many tokens stand before a text, by the bytes.
  private static func tokens(
    before text: String, _ blocks: EngineBlocks, _ upstream: ScriptedUpstream
  ) -> Int? {
    guard let sent = upstream.requests.last?.text, let place = sent.range(of: text) else {
      return nil
    }
    let share = Double(sent[..<place.lowerBound].utf8.count) / Double(sent.utf8.count)
    return Int(share * Double(blocks.tokens.count))
  }

  @Test func whatTheEngineHoldsOfOneTenantIsNothingToAnother() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream, [.mode: "safe"]) { (followed) async throws in
      #expect(try await followed.follows())
      try await followed.chat(Self.blocks(Self.names), Self.fields)
      followed.engine.publish([
        try EngineBlocks(of: #require(upstream.requests.last).text).stored()
      ])
      #expect(try await followed.hears(batches: 1))
      try await followed.chat(Self.blocks(Self.other), ["x-cpc-tenant: two"])
      #expect(try Self.order(upstream) == Self.other)
      try await followed.chat(Self.blocks(Self.other), Self.fields)
      #expect(try Self.order(upstream) == Self.names)
    }
  }

  @Test func whatIsOnItsWayIsNotGivenUp() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    try await withFollowedServer(upstream, [.mode: "safe"]) { (followed) async throws in
      #expect(try await followed.follows())
      // The engine's life begins with something else, so that it is known what it does not hold.
      followed.engine.publish([.cleared(medium: nil)])
      #expect(try await followed.hears(batches: 1))
      async let first: Void = followed.chat(Self.blocks(Self.names), Self.fields)
      #expect(try await followed.eventually { upstream.requests.count == 1 })
      async let second: Void = followed.chat(Self.blocks(Self.other), Self.fields)
      #expect(try await followed.eventually { upstream.requests.count == 2 })
      #expect(try Self.order(upstream) == Self.names)
      gate.open()
      _ = try await (first, second)
      // The next batch says nothing of them.
      followed.engine.publish([.cleared(medium: nil)])
      #expect(try await followed.hears(batches: 2))
      try await followed.chat(Self.blocks(Self.other), Self.fields)
      #expect(try Self.order(upstream) == Self.other)
    }
  }

  @Test func aMirrorThatBeginsLateGivesNothingUp() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream, [.mode: "safe"], kept: 0) { (followed) async throws in
      #expect(try await followed.follows())
      try await followed.chat(Self.blocks(Self.names), Self.fields)
      for _ in 0..<2 { followed.engine.publish([.cleared(medium: "CPU")], isLost: true) }
      followed.engine.publish([.cleared(medium: "CPU")])
      #expect(try await followed.hears(batches: 1))
      #expect(try await followed.rank("complete") == 0)
      try await followed.chat(Self.blocks(Self.other), Self.fields)
      #expect(try Self.order(upstream) == Self.names)
    }
  }
}
