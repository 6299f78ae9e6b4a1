internal import Bytes

/// Writes what vLLM hashes as CPython's `pickle.dumps(_, protocol=5)` does (PEP 307, 3154, 574; the module
/// `pickletools` describes each opcode).
///
/// Every tuple, text and byte string is memoized, integers are not. Opcodes stand in frames: one ends before
/// the first object that begins when it has 64 KiB.
struct PythonPickle {
  private enum Opcode: UInt8 {
    case mark = 0x28  // (
    case emptyTuple = 0x29  // )
    case stop = 0x2E  // .
    case binaryInteger = 0x4A  // J: 32 bits, signed
    case binaryInteger1 = 0x4B  // K
    case binaryInteger2 = 0x4D  // M
    case none = 0x4E  // N
    case shortBytes = 0x43  // C
    case binaryText = 0x58  // X
    case tuple = 0x74  // t
    case proto = 0x80
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case long1 = 0x8A
    case shortText = 0x8C
    case memoize = 0x94
    case frame = 0x95
  }

  private static let frameTarget = 64 * 1024
  /// Shorter frames have no header.
  private static let frameMinimum = 4

  private var bytes: [UInt8] = [Opcode.proto.rawValue, 5]
  private var frame: [UInt8] = []

  /// Appends the tuple of the digest before, the tokens, and None or the pair that names the salt.
  mutating func appendPage(
    _ tokens: ArraySlice<UInt32>, after before: [UInt8], cacheSalt: ByteString?
  ) {
    beginObject()
    beginObject()
    append(.shortBytes)
    frame.append(UInt8(truncatingIfNeeded: before.count))
    frame.append(contentsOf: before)
    append(.memoize)
    append(tuple: tokens)
    if let cacheSalt {
      beginObject()
      beginObject()
      append(text: "cache_salt")
      append(text: cacheSalt)
      append(.tuple2)
      append(.memoize)
      append(.tuple1)
      append(.memoize)
    } else {
      beginObject()
      append(.none)
    }
    append(.tuple3)
    append(.memoize)
  }

  /// Appends a text of less than 64 KiB.
  mutating func append(text: ByteString) {
    beginObject()
    if text.count < 0x100 {
      append(.shortText)
      frame.append(UInt8(text.count))
    } else {
      append(.binaryText)
      append(UInt32(truncatingIfNeeded: text.count))
    }
    frame.append(contentsOf: text.bytes)
    append(.memoize)
  }

  /// Ends the pickle and returns it.
  mutating func finish() -> [UInt8] {
    append(.stop)
    endFrame()
    return bytes
  }

  private mutating func append(tuple tokens: ArraySlice<UInt32>) {
    beginObject()
    guard !tokens.isEmpty else { return append(.emptyTuple) }
    if tokens.count > 3 { append(.mark) }
    for token in tokens { append(integer: token) }
    switch tokens.count {
    case 1: append(.tuple1)
    case 2: append(.tuple2)
    case 3: append(.tuple3)
    default: append(.tuple)
    }
    append(.memoize)
  }

  private mutating func append(integer value: UInt32) {
    beginObject()
    switch value {
    case ..<0x100:
      append(.binaryInteger1)
      frame.append(UInt8(value))
    case ..<0x1_0000:
      append(.binaryInteger2)
      frame.append(UInt8(truncatingIfNeeded: value))
      frame.append(UInt8(truncatingIfNeeded: value >> 8))
    case ..<0x8000_0000:
      append(.binaryInteger)
      append(value)
    default:
      // Five bytes: the sign has one of its own.
      append(.long1)
      frame.append(5)
      append(value)
      frame.append(0)
    }
  }

  private mutating func append(_ opcode: Opcode) {
    frame.append(opcode.rawValue)
  }

  private mutating func append(_ value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { frame.append(contentsOf: $0) }
  }

  private mutating func beginObject() {
    if frame.count >= Self.frameTarget { endFrame() }
  }

  private mutating func endFrame() {
    if frame.count >= Self.frameMinimum {
      bytes.append(Opcode.frame.rawValue)
      withUnsafeBytes(of: UInt64(frame.count).littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: frame)
    frame.removeAll(keepingCapacity: true)
  }
}
