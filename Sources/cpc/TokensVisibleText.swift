import Bytes

/// The text of a token as a terminal can show it, and how many columns it takes.
///
/// ```
/// VisibleText(of: Array(" a\n".utf8)).bytes  // ·a↵
/// VisibleText(of: [0xE4]).bytes              // \xE4
/// ```
struct VisibleText {
  /// UTF-8 without control characters and white space.
  private(set) var bytes: [UInt8] = []
  /// The columns that it takes in a terminal.
  private(set) var width = 0

  /// Makes the bytes of a token visible: a blank as `·`, a tab as `→`, a newline as `↵`, other control
  /// characters as their pictures (`␍`), what else has no shape of its own as `\u{200B}`, and bytes
  /// that are not UTF-8 as `\xE4`.
  ///
  /// - Complexity: linear.
  init(of token: some Collection<UInt8>) {
    var iterator = token.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = 0
    let contents = Array(token)
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        append(Unicode.UTF8.decode(encoded), isFirst: offset == 0)
        offset += encoded.count
      case .error(let length):
        for byte in contents[offset..<min(offset + length, contents.count)] {
          append(escape: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true))
        }
        offset += length
      case .emptyInput: return
      }
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar, isFirst: Bool) {
    switch scalar.value {
    case 0x20: append(sign: "·")
    case 0x09: append(sign: "→")
    case 0x0A: append(sign: "↵")
    case 0x00...0x1F: append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{2426}", width: 1)
    case 0x7F: append(sign: "\u{2421}")
    case 0x21...0x7E: append(scalar, width: 1)
    default: appendBeyondASCII(scalar, isFirst: isFirst)
    }
  }

  private mutating func appendBeyondASCII(_ scalar: Unicode.Scalar, isFirst: Bool) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse,
      .unassigned, .surrogate:
      append(escape: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}")
    case .nonspacingMark, .enclosingMark:
      // At the beginning of a token it would sit on what stands before the token.
      if isFirst { append(sign: "◌") }
      append(scalar, width: 0)
    default: append(scalar, width: Self.isWide(scalar) ? 2 : 1)
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar, width: Int) {
    bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    self.width += width
  }

  private mutating func append(sign: Unicode.Scalar) {
    append(sign, width: 1)
  }

  private mutating func append(escape: String) {
    bytes.append(contentsOf: escape.utf8)
    width += escape.utf8.count
  }

  /// Whether terminals give it two columns: the wide blocks of UAX #11.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
