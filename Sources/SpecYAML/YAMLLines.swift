/// Turns the marks of libyaml, line and column in code points, into byte offsets.
///
/// libyaml ends a line at LF, CR, CR LF, NEL, LS and PS.
struct YAMLLines {
  /// The offset of every 64th code point of the text.
  private var offsets: [Int] = []
  /// For each line, how many code points stand before it.
  private var lineStarts = [0]
  private let bytes: [UInt8]
  private static let stride = 64

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var count = 0
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      if count.isMultiple(of: Self.stride) { offsets.append(offset) }
      count += 1
      if Self.endsLine(bytes, offset) { lineStarts.append(count) }
    }
  }

  /// Whether the code point at `offset` ends a line; the CR of CR LF does not.
  private static func endsLine(_ bytes: [UInt8], _ offset: Int) -> Bool {
    switch bytes[offset] {
    case 0x0A: true
    case 0x0D: offset + 1 == bytes.count || bytes[offset + 1] != 0x0A
    case 0xC2: bytes[offset...].starts(with: [0xC2, 0x85])
    case 0xE2:
      bytes[offset...].starts(with: [0xE2, 0x80, 0xA8])
        || bytes[offset...].starts(with: [0xE2, 0x80, 0xA9])
    default: false
    }
  }

  /// The byte offset of a place, both counted from 1; the end of the text for a place behind it.
  func offset(line: Int, column: Int) -> Int {
    guard lineStarts.indices.contains(line - 1) else { return bytes.count }
    let target = lineStarts[line - 1] + max(column - 1, 0)
    guard target / Self.stride < offsets.count else { return bytes.count }
    var offset = offsets[target / Self.stride]
    var count = target / Self.stride * Self.stride
    while count < target, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      count += 1
    }
    return offset
  }
}
