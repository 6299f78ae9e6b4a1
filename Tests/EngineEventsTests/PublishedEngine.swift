import Bytes
import CZeroMQ
import EngineEvents

/// An engine that publishes over ZeroMQ as vLLM and SGLang do: PUB for batches, ROUTER for replays. It answers
/// replays when it is told to.
final class PublishedEngine {
  struct Form {
    /// Whether batches have maps for events, or arrays.
    var usesMaps = true
    /// Whether replays state the topic.
    var replaysTopic = true
  }

  private let context: UnsafeMutableRawPointer?
  private let publisher: UnsafeMutableRawPointer?
  private let router: UnsafeMutableRawPointer?
  private let form: Form
  private let topic = Array("kv-events".utf8)
  /// The endpoint of replays.
  let replayEndpoint: String
  /// What was published, also what was not sent.
  private(set) var payloads: [[UInt8]] = []
  /// How many of the latest payloads are replayed.
  var kept = 10_000
  private(set) var replays = 0

  /// - Parameter replayEndpoint: nil for any that is free.
  init(
    endpoint: String, binds: Bool = false, replayEndpoint: String? = nil, form: Form = Form()
  ) {
    self.form = form
    context = zmq_ctx_new()
    publisher = zmq_socket(context, ZMQ_PUB)
    router = zmq_socket(context, ZMQ_ROUTER)
    Self.setNoLinger(publisher)
    Self.setNoLinger(router)
    if binds { zmq_bind(publisher, endpoint) } else { zmq_connect(publisher, endpoint) }
    zmq_bind(router, replayEndpoint ?? "tcp://127.0.0.1:*")
    self.replayEndpoint = Self.endpoint(of: router)
  }

  deinit {
    zmq_close(publisher)
    zmq_close(router)
    zmq_ctx_term(context)
  }

  /// An endpoint that nobody uses.
  static func freeEndpoint() -> String {
    let context = zmq_ctx_new()
    let socket = zmq_socket(context, ZMQ_REP)
    defer {
      zmq_close(socket)
      zmq_ctx_term(context)
    }
    zmq_bind(socket, "tcp://127.0.0.1:*")
    return endpoint(of: socket)
  }

  private static func endpoint(of socket: UnsafeMutableRawPointer?) -> String {
    var name = [CChar](repeating: 0, count: 256)
    var length = name.count
    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, &name, &length)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func setNoLinger(_ socket: UnsafeMutableRawPointer?) {
    var none: Int32 = 0
    zmq_setsockopt(socket, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
  }

  /// Publishes a batch, which gets the next number. One that is lost can only be had by a replay.
  func publish(_ events: [EngineEvent], isLost: Bool = false) {
    publish(payload: BatchWriter.batch(events, usesMaps: form.usesMaps), isLost: isLost)
  }

  func publish(payload: [UInt8], isLost: Bool = false) {
    payloads.append(payload)
    if !isLost { send([topic, Self.bytes(payloads.count - 1), payload], to: publisher) }
  }

  /// Answers the requests for replays that are there.
  func answerReplays() {
    while let request = receive() {
      replays += 1
      guard request.count == 3, request[1].isEmpty, request[2].count == 8 else { continue }
      let first = request[2].reduce(0) { $0 << 8 | Int($1) }
      let start = [request[0], []] + (form.replaysTopic ? [topic] : [])
      for sequence in max(first, payloads.count - kept, 0)..<max(first, payloads.count) {
        send(start + [Self.bytes(sequence), payloads[sequence]], to: router)
      }
      send(start + [Self.bytes(-1), []], to: router)
    }
  }

  private func receive() -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    var more: Int32 = 0
    var size = MemoryLayout<Int32>.size
    repeat {
      let count = zmq_recv(router, &buffer, buffer.count, ZMQ_DONTWAIT)
      guard count >= 0 else { return nil }
      frames.append(Array(buffer.prefix(Int(count))))
      zmq_getsockopt(router, ZMQ_RCVMORE, &more, &size)
    } while more != 0
    return frames
  }

  private func send(_ frames: [[UInt8]], to socket: UnsafeMutableRawPointer?) {
    for (index, frame) in frames.enumerated() {
      zmq_send(socket, frame, frame.count, index + 1 < frames.count ? ZMQ_SNDMORE : 0)
    }
  }

  private static func bytes(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: Int64(number).bigEndian) { Array($0) }
  }
}

/// Writes batches as MessagePack.
enum BatchWriter {
  static func batch(_ events: [EngineEvent], usesMaps: Bool) -> [UInt8] {
    [0x92, 0xCB] + bigEndian(UInt64(0x409B_9200_0000_0000))
      + [0xDC] + bigEndian(UInt16(events.count)) + events.flatMap { event($0, usesMaps) }
  }

  private static func event(_ event: EngineEvent, _ usesMaps: Bool) -> [UInt8] {
    switch event {
    case .stored(let blocks):
      fields(
        "BlockStored", usesMaps,
        [
          ("block_hashes", array(blocks.hashes.map(hash))),
          ("parent_block_hash", blocks.parent.map(hash) ?? [0xC0]),
          ("token_ids", array(blocks.tokens.map { [0xCE] + bigEndian($0) })),
          ("block_size", [0xCD] + bigEndian(UInt16(blocks.blockSize))),
          ("lora_id", [0xC0]),
        ])
    case .removed(let hashes, _):
      fields("BlockRemoved", usesMaps, [("block_hashes", array(hashes.map(hash)))])
    case .cleared: fields("AllBlocksCleared", usesMaps, [])
    case .other(let name): fields(name.string, usesMaps, [])
    }
  }

  private static func fields(
    _ type: String, _ usesMaps: Bool, _ values: [(name: String, value: [UInt8])]
  ) -> [UInt8] {
    let all = [(name: "type", value: text(type))] + values
    let count = UInt8(all.count)
    return usesMaps
      ? [0x80 | count] + all.flatMap { text($0.name) + $0.value }
      : [0x90 | count] + all.flatMap(\.value)
  }

  private static func hash(_ hash: EngineBlockHash) -> [UInt8] {
    [0xCF] + bigEndian(hash.number ?? 0)
  }

  private static func array(_ elements: [[UInt8]]) -> [UInt8] {
    [0xDD] + bigEndian(UInt32(elements.count)) + elements.joined()
  }

  private static func text(_ text: String) -> [UInt8] {
    [0xD9, UInt8(text.utf8.count)] + text.utf8
  }

  private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}
