internal import Bytes

/// A string as it is spelled in a spec, JSON or YAML: between quotes, as a block, or plain.
///
/// YAML folds lines and takes indentation away, so that a text and its spelling differ in white space;
/// everything else stands in both in the same order.
struct SourceScalar {
  private enum Style {
    case doubleQuoted, singleQuoted, other
  }

  private let style: Style
  /// Where the text begins.
  private let start: Int
  private let source: [UInt8]

  /// - Parameter offset: where the string begins in the source. Nil if that is not known: behind a tag or
  ///   an anchor of YAML.
  init?(at offset: Int, in source: [UInt8]) {
    guard source.indices.contains(offset) else { return nil }
    self.source = source
    switch source[offset] {
    case UInt8(ascii: "\""): (style, start) = (.doubleQuoted, offset + 1)
    case UInt8(ascii: "'"): (style, start) = (.singleQuoted, offset + 1)
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      let newline = source[offset...].firstIndex(of: UInt8(ascii: "\n"))
      (style, start) = (.other, newline.map { $0 + 1 } ?? source.count)
    case UInt8(ascii: "&"), UInt8(ascii: "!"), UInt8(ascii: "*"): return nil
    default: (style, start) = (.other, offset)
    }
  }

  /// Where byte `index` of the text begins in the source; nil if the source does not spell the text.
  ///
  /// - Complexity: linear in `index`.
  func offset(ofByte index: Int, of text: [UInt8]) -> Int? {
    var place = start
    var count = 0
    while count < index, count < text.count {
      guard let step = step(at: place, text[count]) else { return nil }
      place += step.source
      count += step.text
    }
    guard count < text.count, !Self.isSpace(text[count]) else { return place }
    // A character stands behind the indentation of its line.
    while source.indices.contains(place), Self.isSpace(source[place]) { place += 1 }
    return place
  }

  /// How many bytes of the source stand for how many of the text.
  private func step(at place: Int, _ byte: UInt8) -> (source: Int, text: Int)? {
    guard source.indices.contains(place) else { return Self.isSpace(byte) ? (0, 1) : nil }
    let spelled = source[place]
    if style == .doubleQuoted, spelled == UInt8(ascii: "\\") { return escape(at: place) }
    if style == .singleQuoted, source[place...].starts(with: Array("''".utf8)) { return (2, 1) }
    if spelled == byte { return (1, 1) }
    if Self.isSpace(spelled) { return (1, 0) }
    return Self.isSpace(byte) ? (0, 1) : nil
  }

  private func escape(at place: Int) -> (source: Int, text: Int) {
    guard place + 1 < source.count else { return (1, 0) }
    func character(_ digits: Int) -> (source: Int, text: Int) {
      let hexadecimal = source[min(place + 2, source.count)..<min(place + 2 + digits, source.count)]
      let code = UInt32(String(decoding: hexadecimal, as: UTF8.self), radix: 16) ?? 0
      switch code {
      case 0..<0x80: return (2 + digits, 1)
      // Each half of a surrogate pair stands for two bytes.
      case 0x80..<0x800, 0xD800..<0xE000: return (2 + digits, 2)
      case 0x800..<0x10000: return (2 + digits, 3)
      default: return (2 + digits, 4)
      }
    }
    switch source[place + 1] {
    case UInt8(ascii: "u"): return character(4)
    case UInt8(ascii: "x"): return character(2)
    case UInt8(ascii: "U"): return character(8)
    case UInt8(ascii: "N"), UInt8(ascii: "_"): return (2, 2)
    case UInt8(ascii: "L"), UInt8(ascii: "P"): return (2, 3)
    case UInt8(ascii: "\n"): return (2, 0)
    default: return (2, 1)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
