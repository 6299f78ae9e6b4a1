internal import CUnicode

/// Ranges of code points, written as a pattern over the bytes of UTF-8 or as a table of bits.
struct CharacterRanges {
  let ranges: [ClosedRange<UInt32>]

  init(_ ranges: [ClosedRange<UInt32>]) {
    self.ranges = ranges
  }

  /// Those code points below U+3000 that have the class `included` and not the class `excluded`, without
  /// the letters of Georgian: they are of lower case, but begin sentences.
  init(classed included: Int, not excluded: Int) {
    let index = cunicode_class_block_index()
    let blocks = cunicode_class_blocks()
    guard let index, let blocks else {
      ranges = []
      return
    }
    ranges = (0..<0x3000).compactMap { code in
      let classes = Int(blocks[Int(index[code >> 8]) << 8 | code & 0xFF])
      let isGeorgian = code >= 0x10D0 && code < 0x1100
      let belongs = classes & included != 0 && classes & excluded == 0 && !isGeorgian
      return belongs ? UInt32(code)...UInt32(code) : nil
    }
  }

  /// A group that matches one of the characters as bytes:
  /// `(?:[a-z]|(?=[\x80-\xff])(?:\xc3[\x9f\xa0]))`.
  var pattern: String {
    var (ascii, others) = ("", "")
    // The bytes before the last one of the characters whose last bytes are listed.
    var prefix: [UInt8] = []
    for code in ranges.lazy.joined() {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let bytes = [UInt8](scalar.utf8)
      if bytes.count == 1 {
        ascii += Self.escaped(bytes[0])
        continue
      }
      if bytes.dropLast() != prefix[...] {
        others += others.isEmpty ? "" : "]|"
        prefix = bytes.dropLast()
        for byte in prefix { others += Self.escaped(byte) }
        others += "["
      }
      others += Self.escaped(bytes[prefix.count])
    }
    if others.isEmpty { return ascii.isEmpty ? "(?!)" : "(?:[\(ascii)])" }
    // One comparison tells that no other byte need be compared.
    let guarded = #"(?=[\x80-\xff])(?:"# + others + "])"
    return "(?:" + (ascii.isEmpty ? "" : "[\(ascii)]|") + guarded + ")"
  }

  /// A bit for each code point up to U+1FFFF.
  var bits: [UInt64] {
    var bits = [UInt64](repeating: 0, count: 0x20000 / 64)
    for code in ranges.lazy.joined() where code < 0x20000 {
      bits[Int(code >> 6)] |= 1 << UInt64(code & 63)
    }
    return bits
  }

  /// `byte` as an escape of PCRE2.
  static func escaped(_ byte: UInt8) -> String { escapes[Int(byte)] }

  private static let escapes: [String] = (0..<256).map { byte in
    let digits = String(byte, radix: 16)
    return #"\x"# + (digits.count == 1 ? "0" : "") + digits
  }
}

extension CharacterRanges {
  /// What ends a sentence without a condition: Sentence_Break=STerm in Unicode 15 (Unicode Standard
  /// Annex 29) without the ASCII ones, and the full stops of Khmer, which Unicode 15.1 added.
  static let terminators = CharacterRanges([
    0x589...0x589, 0x61D...0x61F, 0x6D4...0x6D4, 0x700...0x702, 0x7F9...0x7F9, 0x837...0x837,
    0x839...0x839, 0x83D...0x83E, 0x964...0x965, 0x104A...0x104B, 0x1362...0x1362,
    0x1367...0x1368, 0x166E...0x166E, 0x1735...0x1736, 0x17D4...0x17D5, 0x1803...0x1803,
    0x1809...0x1809, 0x1944...0x1945, 0x1AA8...0x1AAB, 0x1B5A...0x1B5B, 0x1B5E...0x1B5F,
    0x1B7D...0x1B7E, 0x1C3B...0x1C3C, 0x1C7E...0x1C7F, 0x203C...0x203D, 0x2047...0x2049,
    0x2E2E...0x2E2E, 0x2E3C...0x2E3C, 0x2E53...0x2E54, 0x3002...0x3002, 0xA4FF...0xA4FF,
    0xA60E...0xA60F, 0xA6F3...0xA6F3, 0xA6F7...0xA6F7, 0xA876...0xA877, 0xA8CE...0xA8CF,
    0xA92F...0xA92F, 0xA9C8...0xA9C9, 0xAA5D...0xAA5F, 0xAAF0...0xAAF1, 0xABEB...0xABEB,
    0xFE56...0xFE57, 0xFF01...0xFF01, 0xFF1F...0xFF1F, 0xFF61...0xFF61, 0x10A56...0x10A57,
    0x10F55...0x10F59, 0x10F86...0x10F89, 0x11047...0x11048, 0x110BE...0x110C1,
    0x11141...0x11143, 0x111C5...0x111C6, 0x111CD...0x111CD, 0x111DE...0x111DF,
    0x11238...0x11239, 0x1123B...0x1123C, 0x112A9...0x112A9, 0x1144B...0x1144C,
    0x115C2...0x115C3, 0x115C9...0x115D7, 0x11641...0x11642, 0x1173C...0x1173E,
    0x11944...0x11944, 0x11946...0x11946, 0x11A42...0x11A43, 0x11A9B...0x11A9C,
    0x11C41...0x11C42, 0x11EF7...0x11EF8, 0x11F43...0x11F44, 0x16A6E...0x16A6F,
    0x16AF5...0x16AF5, 0x16B37...0x16B38, 0x16B44...0x16B44, 0x16E98...0x16E98,
    0x1BC9F...0x1BC9F, 0x1DA88...0x1DA88,
  ])

  /// What ends a sentence unless lower case follows: Sentence_Break=ATerm without the ASCII full stop, and
  /// the ellipsis.
  static let fullStops = CharacterRanges([
    0x2024...0x2024, 0x2026...0x2026, 0xFE52...0xFE52, 0xFF0E...0xFF0E,
  ])

  /// What ends a sentence wherever it stands: the separators of lines and paragraphs but LF and CR.
  static let separators = CharacterRanges([0x85...0x85, 0x2028...0x2029])

  /// Closing brackets and quotation marks, those that open in another language too, and the marks of
  /// emphasis of Markdown.
  static let closers = CharacterRanges([
    0x22...0x22, 0x27...0x27, 0x29...0x2A, 0x5D...0x5D, 0x5F...0x60, 0x7D...0x7D, 0xAB...0xAB,
    0xBB...0xBB, 0x2018...0x201F, 0x2039...0x203A, 0x2046...0x2046, 0x2309...0x2309,
    0x230B...0x230B, 0x232A...0x232A, 0x275B...0x275E, 0x2769...0x2769, 0x276B...0x276B,
    0x3009...0x3009, 0x300B...0x300B, 0x300D...0x300D, 0x300F...0x300F, 0x3011...0x3011,
    0x3015...0x3015, 0x3017...0x3017, 0x3019...0x3019, 0x301B...0x301B, 0x301E...0x301F,
    0xFE5A...0xFE5A, 0xFE5C...0xFE5C, 0xFE5E...0xFE5E, 0xFF09...0xFF09, 0xFF3D...0xFF3D,
    0xFF5D...0xFF5D, 0xFF60...0xFF60, 0xFF63...0xFF63,
  ])

  /// Opening brackets and quotation marks, without that of code: a name in lower case may begin a sentence.
  static let openers = CharacterRanges([
    0x22...0x22, 0x27...0x28, 0x2A...0x2A, 0x5B...0x5B, 0x5F...0x5F, 0x7B...0x7B, 0xAB...0xAB,
    0xBB...0xBB, 0x2018...0x201F, 0x2039...0x203A, 0x300C...0x300C, 0x300E...0x300E,
    0xFF08...0xFF08,
  ])

  /// What goes on with a sentence: Sentence_Break=SContinue, and the dash, which Unicode leaves out.
  static let continuers = CharacterRanges([
    0x2C...0x2D, 0x3A...0x3B, 0x55D...0x55D, 0x60C...0x60D, 0x7F8...0x7F8, 0x1802...0x1802,
    0x1808...0x1808, 0x2013...0x2014, 0x3001...0x3001, 0xFE50...0xFE51, 0xFE55...0xFE55,
    0xFE58...0xFE58, 0xFE63...0xFE63, 0xFF0C...0xFF0D, 0xFF1A...0xFF1B, 0xFF64...0xFF64,
  ])

  /// White space within a line.
  static let blanks = CharacterRanges([
    0x09...0x09, 0x0B...0x0C, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
  ])
}
