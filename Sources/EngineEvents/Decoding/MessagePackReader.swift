/// Reads MessagePack one value at a time. Arrays and maps are read as their length, their elements follow.
///
/// No length is believed beyond the bytes that are there, and nothing recurses: `skip` takes a value of any
/// depth in constant memory. The format is that of the MessagePack specification (2013 and later).
struct MessagePackReader {
  /// A value, or what begins an array or a map.
  enum Item: Equatable {
    case null
    case boolean(Bool)
    case unsigned(UInt64)
    case negative(Int64)
    case real(Double)
    case text(Range<Int>)
    case binary(Range<Int>)
    /// An application's own type; its bytes.
    case extended(Range<Int>)
    /// The number of elements that follow.
    case array(Int)
    /// The number of pairs that follow.
    case map(Int)
  }

  let bytes: [UInt8]
  /// The next byte.
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// Reads the next value.
  mutating func next() throws(EventDecodingError) -> Item {
    let start = offset
    let byte = UInt8(truncatingIfNeeded: try number(1))
    switch byte {
    case 0x00...0x7F: return .unsigned(UInt64(byte))
    case 0x80...0x8F: return .map(try count(Int(byte & 15), elements: 2, from: start))
    case 0x90...0x9F: return .array(try count(Int(byte & 15), elements: 1, from: start))
    case 0xA0...0xBF: return .text(try range(Int(byte & 31), from: start))
    case 0xC0: return .null
    case 0xC1: throw EventDecodingError(.reserved, at: start)
    case 0xC2, 0xC3: return .boolean(byte == 0xC3)
    case 0xC4...0xC6: return .binary(try range(try length(byte - 0xC4), from: start))
    case 0xC7...0xC9: return .extended(try range(1 + (try length(byte - 0xC7)), from: start))
    case 0xCA: return .real(Double(Float(bitPattern: UInt32(try number(4)))))
    case 0xCB: return .real(Double(bitPattern: try number(8)))
    case 0xCC...0xCF: return .unsigned(try number(1 << (byte - 0xCC)))
    case 0xD0...0xD3: return signed(try number(1 << (byte - 0xD0)), width: 8 << (byte - 0xD0))
    case 0xD4...0xD8: return .extended(try range(1 + 1 << (byte - 0xD4), from: start))
    case 0xD9...0xDB: return .text(try range(try length(byte - 0xD9), from: start))
    case 0xDC, 0xDD:
      return .array(try count(try length(byte - 0xDC + 1), elements: 1, from: start))
    case 0xDE, 0xDF:
      return .map(try count(try length(byte - 0xDE + 1), elements: 2, from: start))
    default: return .negative(Int64(Int8(bitPattern: byte)))
    }
  }

  /// Passes over the next value with all that is in it.
  mutating func skip() throws(EventDecodingError) {
    var open = 1
    while open > 0 {
      let start = offset
      open -= 1
      switch try next() {
      case .array(let count): open += count
      case .map(let pairs): open += 2 * pairs
      default: break
      }
      // Each value that is still to come takes a byte.
      guard open <= bytes.count - offset else { throw EventDecodingError(.tooLong, at: start) }
    }
  }

  /// The big-endian number in the next `width` bytes, 8 at most.
  private mutating func number(_ width: Int) throws(EventDecodingError) -> UInt64 {
    guard bytes.count - offset >= width else {
      throw EventDecodingError(.truncated, at: bytes.count)
    }
    var value: UInt64 = 0
    for place in offset..<(offset + width) { value = value << 8 | UInt64(bytes[place]) }
    offset += width
    return value
  }

  /// A length of 1, 2 or 4 bytes.
  private mutating func length(_ power: UInt8) throws(EventDecodingError) -> Int {
    Int(try number(1 << power))
  }

  private func count(
    _ count: Int, elements: Int, from start: Int
  ) throws(EventDecodingError) -> Int {
    guard count * elements <= bytes.count - offset else {
      throw EventDecodingError(.tooLong, at: start)
    }
    return count
  }

  private mutating func range(
    _ count: Int, from start: Int
  ) throws(EventDecodingError) -> Range<Int> {
    guard count <= bytes.count - offset else { throw EventDecodingError(.tooLong, at: start) }
    defer { offset += count }
    return offset..<(offset + count)
  }

  private func signed(_ bits: UInt64, width: Int) -> Item {
    let shift = 64 - width
    let value = Int64(bitPattern: bits << shift) >> shift
    return value < 0 ? .negative(value) : .unsigned(UInt64(value))
  }
}
