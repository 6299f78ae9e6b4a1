internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// Why bytes are not the state of a conversation.
public enum ConversationStateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// They are something else.
  case foreign
  /// A newer cpc wrote them, in a format with this number.
  case newerFormat(Int)
  /// A part of them is missing or was overwritten.
  case damaged
  /// They are the state of another conversation, another model, or another tenant.
  case ofAnother

  /// What is wrong.
  public var description: String {
    switch self {
    case .foreign: "these bytes are not the state of a conversation"
    case .newerFormat(let format):
      "the state of the conversation has format \(format), and this cpc knows format "
        + "\(ConversationState.format)"
    case .damaged: "the state of the conversation is damaged"
    case .ofAnother: "the state is that of another conversation, model or tenant"
    }
  }
}

// The form: "cpcC", the format, the key, the turns, and the first 16 bytes of the SHA-256 digest of all that.
// Numbers are LEB128, texts have their length before them, digests are as they are.
extension ConversationState {
  /// The number of the format.
  static let format = 1
  private static let mark = Array("cpcC".utf8)
  private static let checkSize = 16

  /// The form in which it is stored; equal states have equal bytes.
  public var bytes: [UInt8] {
    var writer = StateWriter()
    writer.bytes = Self.mark + [UInt8(Self.format)]
    for text in [key.tenant, key.model, key.conversation] { writer.write(text.bytes) }
    writer.write(turns.count)
    for turn in turns { writer.write(turn) }
    return writer.bytes + Digest(of: writer.bytes).bytes.prefix(Self.checkSize)
  }

  /// Reads what `bytes` wrote.
  ///
  /// - Parameter key: whose state it must be.
  /// - Throws: `ConversationStateError`.
  public init(bytes: [UInt8], for key: Key) throws(ConversationStateError) {
    guard bytes.starts(with: Self.mark), bytes.count > Self.mark.count else { throw .foreign }
    let format = Int(bytes[Self.mark.count])
    guard format <= Self.format else { throw .newerFormat(format) }
    let end = bytes.count - Self.checkSize
    guard end > Self.mark.count else { throw .damaged }
    let content = Array(bytes[..<end])
    guard bytes[end...].elementsEqual(Digest(of: content).bytes.prefix(Self.checkSize)) else {
      throw .damaged
    }
    var reader = StateReader(bytes: content, offset: Self.mark.count + 1)
    let found = Key(
      tenant: ByteString(try reader.text()), model: ByteString(try reader.text()),
      conversation: ByteString(try reader.text()))
    guard found == key else { throw .ofAnother }
    self.key = key
    var turns: [Turn] = []
    for _ in 0..<(try reader.number()) { turns.append(try reader.turn()) }
    guard reader.offset == end else { throw .damaged }
    self.turns = turns
  }
}

extension ConversationState.Turn {
  /// The form in which it is stored.
  var bytes: [UInt8] {
    var writer = StateWriter()
    writer.write(self)
    return writer.bytes
  }
}

private struct StateWriter {
  var bytes: [UInt8] = []

  mutating func write(_ number: Int) {
    var rest = UInt64(clamping: number)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func write(_ text: [UInt8]) {
    write(text.count)
    bytes += text
  }

  mutating func write(_ range: ByteRange) {
    write(range.start)
    write(range.count)
  }

  mutating func write(_ turn: ConversationState.Turn) {
    write(turn.place)
    bytes += turn.history.bytes
    write(turn.words.count)
    for digest in turn.words { bytes += digest.bytes }
    write(turn.beginnings.count)
    for beginning in turn.beginnings {
      write(beginning.tokens)
      bytes += beginning.prefix.bytes
    }
    write(turn.content.parts.count)
    for part in turn.content.parts {
      switch part {
      case .text(let text):
        bytes.append(0)
        write(text.bytes)
      case .other(let node):
        bytes.append(1)
        write(JSONWriter.write(node.value))
      }
    }
    write(turn.parts.count)
    for part in turn.parts {
      bytes.append(part.kind.rawValue)
      write(part.label.bytes)
      for half in [part.fingerprint.high, part.fingerprint.low] {
        withUnsafeBytes(of: half.bigEndian) { bytes += $0 }
      }
      write(part.range)
      write(part.content)
    }
  }
}

private struct StateReader {
  let bytes: [UInt8]
  var offset: Int

  mutating func byte() throws(ConversationStateError) -> UInt8 {
    guard offset < bytes.count else { throw .damaged }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func number() throws(ConversationStateError) -> Int {
    var number: UInt64 = 0
    // Eight bytes of seven bits are more than any length.
    for shift in stride(from: UInt64(0), to: 56, by: 7) {
      let next = try byte()
      number |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return Int(number) }
    }
    throw .damaged
  }

  mutating func bytes(_ count: Int) throws(ConversationStateError) -> [UInt8] {
    guard count <= bytes.count - offset else { throw .damaged }
    offset += count
    return Array(bytes[(offset - count)..<offset])
  }

  mutating func text() throws(ConversationStateError) -> [UInt8] { try bytes(try number()) }

  mutating func digest() throws(ConversationStateError) -> Digest {
    guard let digest = Digest(bytes: try bytes(32)) else { throw .damaged }
    return digest
  }

  mutating func range(in count: Int) throws(ConversationStateError) -> ByteRange {
    let (start, length) = (try number(), try number())
    guard start <= count, length <= count - start else { throw .damaged }
    return ByteRange(start, start + length)
  }

  mutating func turn() throws(ConversationStateError) -> ConversationState.Turn {
    let (place, history) = (try number(), try digest())
    var words: [Digest] = []
    for _ in 0..<(try number()) { words.append(try digest()) }
    var beginnings: [ConversationState.Beginning] = []
    for _ in 0..<(try number()) {
      beginnings.append(
        ConversationState.Beginning(tokens: try number(), prefix: try digest()))
    }
    var content = Content(parts: [])
    for _ in 0..<(try number()) { content.parts.append(try contentPart()) }
    let length = content.text.count
    var parts: [ConversationState.Part] = []
    for _ in 0..<(try number()) { parts.append(try part(in: length)) }
    return ConversationState.Turn(
      place: place, history: history, words: words, content: content, parts: parts,
      beginnings: beginnings)
  }

  private mutating func contentPart() throws(ConversationStateError) -> Content.Part {
    let kind = try byte()
    let bytes = try text()
    if kind == 0 { return .text(ByteString(bytes)) }
    guard kind == 1 else { throw .damaged }
    do {
      return .other(try JSONParser.parse(bytes))
    } catch {
      throw .damaged
    }
  }

  private mutating func part(
    in length: Int
  ) throws(ConversationStateError) -> ConversationState.Part {
    guard let kind = ConversationState.Part.Kind(rawValue: try byte()) else { throw .damaged }
    let label = ByteString(try text())
    var halves: [UInt64] = []
    for _ in 0..<2 { halves.append(try bytes(8).reduce(0) { $0 << 8 | UInt64($1) }) }
    return ConversationState.Part(
      kind: kind, label: label, fingerprint: BlockFingerprint(high: halves[0], low: halves[1]),
      range: try range(in: length), content: try range(in: length))
  }
}
