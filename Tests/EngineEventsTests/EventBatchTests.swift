import Bytes
import EngineEvents
import OrderedJSON
import TestSupport
import Testing

/// Batches are read as the engines mean them: `Fixtures/events/batches.json`, made by
/// `Scripts/generate_event_batches.py` with the tools that it names.
@Suite struct EventBatchTests {
  private static func cases() throws -> [JSONNode] {
    let file = try Files.read(Shared.packageRoot + "/Fixtures/events/batches.json")
    return try #require(try JSONParser.parse(file)["cases"]?.elements)
  }

  private static func integer(_ node: JSONNode?) -> Int? {
    if case .number(let number)? = node?.value { number.integer } else { nil }
  }

  private static func bytes(_ hexadecimal: ByteString) -> [UInt8] {
    let digits = hexadecimal.bytes.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  private static func hash(_ node: JSONNode?) -> EngineBlockHash? {
    if let text = node?["bytes"]?.string { return EngineBlockHash(bytes: bytes(text)) }
    return node?["number"]?.string.flatMap { UInt64($0.string) }.map { EngineBlockHash($0) }
  }

  private static func event(_ node: JSONNode) throws -> EngineEvent {
    if let name = node["other"]?.string { return .other(name) }
    if node["cleared"] != nil { return .cleared(medium: node["cleared"]?.string) }
    let medium = node["medium"]?.string
    if let hashes = node["removed"]?.elements {
      return .removed(hashes.compactMap { hash($0) }, medium: medium)
    }
    return .stored(
      StoredBlocks(
        hashes: try #require(node["stored"]?.elements).compactMap { hash($0) },
        parent: hash(node["parent"]),
        tokens: try #require(node["tokens"]?.elements).compactMap { integer($0).map(UInt32.init) },
        blockSize: try #require(integer(node["size"])), medium: medium,
        adapter: node["adapter"]?.string,
        extraKeys: try #require(node["keys"]?.elements).compactMap { $0.string }.map(keys)))
  }

  private static func keys(_ text: ByteString) -> BlockKeys {
    switch text {
    case "none": .none
    case "other": .other("")
    default: .salt(ByteString(text.bytes.dropFirst("salt:".utf8.count)))
    }
  }

  /// The events, with what is kept of keys that are not understood left out.
  private static func plain(_ events: [EngineEvent]) -> [EngineEvent] {
    events.map { event in
      guard case .stored(var blocks) = event else { return event }
      blocks.extraKeys = blocks.extraKeys.map { if case .other = $0 { .other("") } else { $0 } }
      return .stored(blocks)
    }
  }

  @Test func batchesAreReadAsTheEnginesMeanThem() throws {
    let cases = try Self.cases()
    #expect(cases.count > 6)
    for node in cases {
      let frames = try #require(node["frames"]?.elements).compactMap { $0.string }
      let message = try #require(EventMessage(frames: frames.map { Self.bytes($0) }))
      #expect(message.topic == "kv-events")
      #expect(Int(message.sequence) == Self.integer(node["sequence"]))
      let batch = try EventBatch(messagePack: message.payload)
      #expect(batch.timestamp == 1764.5 || batch.timestamp == 1764)
      #expect(batch.rank == Self.integer(node["rank"]))
      let expected = try #require(node["events"]?.elements).map { try Self.event($0) }
      #expect(Self.plain(batch.events) == expected, "\(String(describing: node["name"]?.string))")
    }
  }

  /// Every beginning of a batch is refused, as cut off or as too short for a length that it states.
  @Test func aBatchThatIsCutOffIsRefused() throws {
    for node in try Self.cases() {
      let frames = try #require(node["frames"]?.elements).compactMap { $0.string }
      let payload = Self.bytes(try #require(frames.last))
      for end in payload.indices {
        let error = #expect(throws: EventDecodingError.self) {
          try EventBatch(messagePack: Array(payload[..<end]))
        }
        #expect(error?.reason == .truncated || error?.reason == .tooLong)
        #expect((error?.offset ?? .max) <= end)
      }
      #expect(throws: EventDecodingError.self) { try EventBatch(messagePack: payload + [0xC0]) }
    }
  }

  @Test(
    arguments: [
      ([], "byte 0: error: the bytes end inside a value"),
      ([0xC1], "byte 0: error: 0xC1 begins no value of MessagePack"),
      ([0x05], "byte 0: error: expected a batch: an array or a map"),
      (
        [0xDD, 0xFF, 0xFF, 0xFF, 0xFF],
        "byte 0: error: a length reaches beyond the end of the bytes"
      ),
      (
        [0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
        "byte 0: error: a length reaches beyond the end of the bytes"
      ),
      ([0x92, 0xC0, 0x90], "byte 1: error: expected a timestamp"),
      ([0x92, 0x00, 0x00], "byte 2: error: expected an array of events"),
      ([0x92, 0x00, 0x91, 0x07], "byte 3: error: expected an event: an array or a map"),
      ([0x92, 0x00, 0x91, 0x80], "byte 3: error: an event without the type of an event"),
      ([0x92, 0x00, 0x90, 0x00], "byte 3: error: bytes follow behind the batch"),
      (
        [0x93, 0x00, 0x90, 0xC6, 0x7F, 0xFF, 0xFF, 0xFF],
        "byte 3: error: a length reaches beyond the end of the bytes"
      ),
    ] as [([UInt8], String)])
  func faultsNameTheirByte(bytes: [UInt8], message: String) {
    let error = #expect(throws: EventDecodingError.self) { try EventBatch(messagePack: bytes) }
    #expect(error?.description == message)
  }

  @Test func blocksNeedTheirFields() {
    let removed: [UInt8] = [0x92, 0x00, 0x91, 0x91, 0xAC] + Array("BlockRemoved".utf8)
    let error = #expect(throws: EventDecodingError.self) { try EventBatch(messagePack: removed) }
    #expect(error?.reason == .missing(.blockHashes))
    #expect(error?.offset == 3)
  }

  /// A value of great depth is passed over without a frame of the stack for each level.
  @Test func depthCostsNothing() throws {
    let depth = 1_000_000
    let deep = [UInt8](repeating: 0x91, count: depth) + [0xC0]
    let batch = try EventBatch(messagePack: [0x94, 0x00, 0x90, 0xC0] + deep)
    #expect(batch.events.isEmpty)
    #expect(throws: EventDecodingError.self) {
      try EventBatch(messagePack: [0x94, 0x00, 0x90, 0xC0] + deep.dropLast())
    }
  }

  @Test(arguments: 0..<8)
  func randomBytesAreReadOrRefused(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let payloads = try Self.cases().compactMap { $0["frames"]?.elements?.last?.string }
      .map { Self.bytes($0) }
    for _ in 0..<2000 {
      var bytes = payloads.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        _ = try EventBatch(messagePack: bytes)
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
  }

  @Test func framesAreThoseOfAMessageOrOfAReplay() {
    let sequence: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2]
    let live = EventMessage(frames: [Array("kv".utf8), sequence, [1]])
    #expect(live == EventMessage(topic: "kv", sequence: 258, payload: [1]))
    #expect(EventMessage(frames: [[], sequence]) == nil)
    #expect(EventMessage(frames: [[], [1, 2], [1]]) == nil)
    #expect(
      EventMessage.replayed(frames: [[], Array("kv".utf8), sequence, [1]])
        == live.map { .message($0) })
    // Engines before mid 2026 leave the topic out.
    let untitled = EventMessage(topic: "", sequence: 258, payload: [1])
    #expect(EventMessage.replayed(frames: [[], sequence, [1]]) == .message(untitled))
    let last = [UInt8](repeating: 0xFF, count: 8)
    #expect(EventMessage.replayed(frames: [[], last, []]) == .end)
    #expect(EventMessage.replayed(frames: [[], [], last, []]) == .end)
    #expect(EventMessage.replayed(frames: [[1], sequence, [1]]) == nil)
    #expect(EventMessage.replayed(frames: []) == nil)
  }
}
