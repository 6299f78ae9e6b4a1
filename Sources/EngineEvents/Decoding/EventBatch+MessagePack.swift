internal import Bytes

extension EventBatch {
  /// Reads a batch from the MessagePack that vLLM and SGLang publish.
  ///
  /// A batch is an array (time, events, rank) or a map; so is each event: an array that begins with its
  /// type (SGLang, vLLM before mid 2026), or a map with the key `type`. Keys, places and types that are not
  /// known are passed over.
  ///
  /// - Throws: `EventDecodingError` with the byte, if it is anything else.
  /// - Complexity: linear in the bytes.
  public init(messagePack bytes: [UInt8]) throws(EventDecodingError) {
    var reader = MessagePackReader(bytes)
    self.init(timestamp: 0, events: [])
    switch try reader.next() {
    case .array(let count):
      guard count >= 2 else { throw EventDecodingError(.expected(.batch), at: 0) }
      timestamp = try reader.timestamp()
      events = try reader.events()
      if count > 2 { rank = try reader.rank() }
      for _ in 0..<max(count - 3, 0) { try reader.skip() }
    case .map(let count):
      var hasEvents = false
      for _ in 0..<count {
        switch try reader.key() {
        case "ts": timestamp = try reader.timestamp()
        case "events":
          events = try reader.events()
          hasEvents = true
        case "data_parallel_rank", "attn_dp_rank": rank = try reader.rank()
        default: try reader.skip()
        }
      }
      guard hasEvents else { throw EventDecodingError(.expected(.events), at: reader.offset) }
    default: throw EventDecodingError(.expected(.batch), at: 0)
    }
    guard reader.isAtEnd else { throw EventDecodingError(.trailing, at: reader.offset) }
  }
}

/// The fields of an event as they are read.
private struct EventFields {
  /// Where the fields of an event stand in an array, behind its type.
  static let stored: [ByteString] = [
    "block_hashes", "parent_block_hash", "token_ids", "block_size", "lora_id", "medium",
    "lora_name", "extra_keys",
  ]
  static let removed: [ByteString] = ["block_hashes", "medium"]
  static let cleared: [ByteString] = ["medium"]

  var type: ByteString?
  var hashes: [EngineBlockHash]?
  var parent: EngineBlockHash?
  var tokens: [UInt32]?
  var blockSize: Int?
  var medium: ByteString?
  var adapterNumber: ByteString?
  var adapter: ByteString?
  var extraKeys: [BlockKeys] = []

  mutating func read(
    _ name: ByteString, from reader: inout MessagePackReader
  ) throws(EventDecodingError) {
    switch name {
    case "type": type = try reader.text(.type)
    case "block_hashes": hashes = try reader.hashes()
    case "parent_block_hash": parent = try reader.hash()
    case "token_ids": tokens = try reader.tokens()
    case "block_size": blockSize = try reader.blockSize()
    case "lora_id": adapterNumber = try reader.label()
    case "medium": medium = try reader.label()
    case "lora_name": adapter = try reader.label()
    case "extra_keys": extraKeys = try reader.extraKeys()
    default: try reader.skip()
    }
  }

  func event(at start: Int) throws(EventDecodingError) -> EngineEvent {
    guard let type else { throw EventDecodingError(.missing(.type), at: start) }
    switch type {
    case "BlockStored":
      guard let hashes else { throw EventDecodingError(.missing(.blockHashes), at: start) }
      guard let tokens else { throw EventDecodingError(.missing(.tokens), at: start) }
      guard let blockSize else { throw EventDecodingError(.missing(.blockSize), at: start) }
      let adapter = adapter ?? adapterNumber
      // The name of the adapter is hashed with each block and is no salt.
      let keys = extraKeys.map { key in adapter.map { key == .salt($0) } ?? false ? .none : key }
      return .stored(
        StoredBlocks(
          hashes: hashes, parent: parent, tokens: tokens, blockSize: blockSize, medium: medium,
          adapter: adapter, extraKeys: keys.contains { $0 != .none } ? keys : []))
    case "BlockRemoved":
      guard let hashes else { throw EventDecodingError(.missing(.blockHashes), at: start) }
      return .removed(hashes, medium: medium)
    case "AllBlocksCleared": return .cleared(medium: medium)
    default: return .other(type)
    }
  }
}

extension MessagePackReader {
  fileprivate mutating func events() throws(EventDecodingError) -> [EngineEvent] {
    let start = offset
    guard case .array(let count) = try next() else {
      throw EventDecodingError(.expected(.events), at: start)
    }
    var events: [EngineEvent] = []
    for _ in 0..<count { events.append(try event()) }
    return events
  }

  private mutating func event() throws(EventDecodingError) -> EngineEvent {
    let start = offset
    var fields = EventFields()
    switch try next() {
    case .array(let count) where count > 0:
      let type = try text(.type)
      fields.type = type
      let names: [ByteString] =
        switch type {
        case "BlockStored": EventFields.stored
        case "BlockRemoved": EventFields.removed
        case "AllBlocksCleared": EventFields.cleared
        default: []
        }
      for place in 0..<(count - 1) {
        if place < names.count { try fields.read(names[place], from: &self) } else { try skip() }
      }
    case .map(let count):
      for _ in 0..<count {
        let name = try key()
        try fields.read(name, from: &self)
      }
    default: throw EventDecodingError(.expected(.event), at: start)
    }
    return try fields.event(at: start)
  }

  fileprivate mutating func timestamp() throws(EventDecodingError) -> Double {
    let start = offset
    switch try next() {
    case .real(let value): return value
    case .unsigned(let value): return Double(value)
    case .negative(let value): return Double(value)
    default: throw EventDecodingError(.expected(.timestamp), at: start)
    }
  }

  fileprivate mutating func rank() throws(EventDecodingError) -> Int? {
    let again = self
    if case .unsigned(let value) = try next() { return Int(exactly: value) }
    self = again
    try skip()
    return nil
  }

  fileprivate mutating func key() throws(EventDecodingError) -> ByteString { try text(.key) }

  fileprivate mutating func text(
    _ field: EventDecodingError.Field
  ) throws(EventDecodingError) -> ByteString {
    let start = offset
    guard case .text(let range) = try next() else {
      throw EventDecodingError(.expected(field), at: start)
    }
    return ByteString(bytes[range])
  }

  /// A text or a number as a text; nil for null and for anything else.
  fileprivate mutating func label() throws(EventDecodingError) -> ByteString? {
    let again = self
    switch try next() {
    case .text(let range), .binary(let range): return ByteString(bytes[range])
    case .unsigned(let value): return ByteString(String(value))
    case .negative(let value): return ByteString(String(value))
    default:
      self = again
      try skip()
      return nil
    }
  }

  fileprivate mutating func hash() throws(EventDecodingError) -> EngineBlockHash? {
    let start = offset
    switch try next() {
    case .null: return nil
    case .unsigned(let value): return EngineBlockHash(value)
    case .negative(let value): return EngineBlockHash(UInt64(bitPattern: value))
    case .binary(let range), .text(let range):
      if let hash = EngineBlockHash(bytes: bytes[range]) { return hash }
    default: break
    }
    throw EventDecodingError(.expected(.blockHash), at: start)
  }

  fileprivate mutating func hashes() throws(EventDecodingError) -> [EngineBlockHash] {
    let start = offset
    guard case .array(let count) = try next() else {
      throw EventDecodingError(.expected(.blockHashes), at: start)
    }
    var hashes: [EngineBlockHash] = []
    for _ in 0..<count {
      let start = offset
      guard let hash = try hash() else {
        throw EventDecodingError(.expected(.blockHash), at: start)
      }
      hashes.append(hash)
    }
    return hashes
  }

  fileprivate mutating func tokens() throws(EventDecodingError) -> [UInt32] {
    let start = offset
    guard case .array(let count) = try next() else {
      throw EventDecodingError(.expected(.tokens), at: start)
    }
    var tokens: [UInt32] = []
    tokens.reserveCapacity(count)
    for _ in 0..<count {
      let start = offset
      guard case .unsigned(let value) = try next(), let token = UInt32(exactly: value) else {
        throw EventDecodingError(.expected(.token), at: start)
      }
      tokens.append(token)
    }
    return tokens
  }

  fileprivate mutating func blockSize() throws(EventDecodingError) -> Int {
    let start = offset
    guard case .unsigned(let value) = try next(), let size = UInt32(exactly: value) else {
      throw EventDecodingError(.expected(.blockSize), at: start)
    }
    return Int(size)
  }

  fileprivate mutating func extraKeys() throws(EventDecodingError) -> [BlockKeys] {
    let start = offset
    switch try next() {
    case .null: return []
    case .array(let count):
      var keys: [BlockKeys] = []
      for _ in 0..<count { keys.append(try blockKeys()) }
      return keys
    default: throw EventDecodingError(.expected(.extraKeys), at: start)
    }
  }

  /// The keys of one block: null, or an array. A salt is the only text of it, or a pair with `cache_salt`.
  private mutating func blockKeys() throws(EventDecodingError) -> BlockKeys {
    let start = offset
    var reader = self
    try skip()
    switch try reader.next() {
    case .null, .array(0): return .none
    case .array(1):
      var pair = reader
      if case .text(let range) = try reader.next() { return .salt(ByteString(bytes[range])) }
      if case .array(2) = try pair.next(), case .text(let name) = try pair.next(),
        ByteString(bytes[name]) == "cache_salt", case .text(let salt) = try pair.next()
      {
        return .salt(ByteString(bytes[salt]))
      }
    default: break
    }
    return .other(ByteString(bytes[start..<offset]))
  }
}
