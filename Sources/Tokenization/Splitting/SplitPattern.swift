internal import Bytes

/// Translates the split pattern of a tokenizer file into the syntax of PCRE2, so that the classes
/// mean what they mean to the reference engines: those of Unicode 16.
///
/// PCRE2 10.42 knows Unicode 14, and has no classes in classes: `[a[bc]]`, `[\p{L}&&[^\p{Han}]]`. What
/// the syntaxes of Rust, Oniguruma and PCRE2 have in common stays.
struct SplitPattern {
  /// The pattern in PCRE2's syntax.
  let translated: ByteString
  /// The first escape or class that means something else to PCRE2, or is not known; nil if there is none.
  let unsupported: String?

  /// Translates a pattern.
  init(_ pattern: ByteString) {
    var translator = Translator(source: pattern.bytes)
    translated = ByteString(translator.translate())
    unsupported = translator.unsupported
  }

  /// Returns the pattern in PCRE2's syntax.
  static func translated(_ pattern: ByteString) -> ByteString {
    SplitPattern(pattern).translated
  }
}

private struct Translator {
  let source: [UInt8]
  private(set) var unsupported: String?
  private var offset = 0

  /// One side of `&&` in a class.
  private struct Operand {
    /// The inside of a class.
    var members: [UInt8] = []
    /// What it holds beside those: classes that are patterns of their own.
    var others: [[UInt8]] = []

    func pattern(isNegated: Bool = false) -> [UInt8] {
      let bare = Array("[".utf8) + (isNegated ? Array("^".utf8) : []) + members + Array("]".utf8)
      if others.isEmpty { return bare }
      let parts = (members.isEmpty ? [] : [bare]) + others
      return Array("(?:".utf8) + parts.joined(separator: Array("|".utf8)) + Array(")".utf8)
    }
  }

  private static let depthLimit = 16

  init(source: [UInt8]) {
    self.source = source
  }

  private func byte(at offset: Int) -> UInt8? {
    offset < source.count ? source[offset] : nil
  }

  mutating func translate() -> [UInt8] {
    var result: [UInt8] = []
    while let byte = byte(at: offset) {
      switch byte {
      case UInt8(ascii: "\\"):
        let escape = takeEscape()
        result +=
          escape.isClass
          ? Operand(members: escape.members).pattern(isNegated: escape.isNegated)
          : escape.members
      case UInt8(ascii: "["): result += takeClass()
      default:
        result.append(byte)
        offset += 1
      }
    }
    return result
  }

  /// Takes a class, which begins at `offset`, in `depth` others.
  private mutating func takeClass(depth: Int = 0) -> [UInt8] {
    guard depth < Self.depthLimit else {
      note("classes in classes, more than \(Self.depthLimit) deep")
      offset = source.count
      return []
    }
    offset += 1
    let isNegated = byte(at: offset) == UInt8(ascii: "^")
    if isNegated { offset += 1 }
    var operands = [Operand()]
    while let byte = byte(at: offset), byte != UInt8(ascii: "]") {
      var operand = operands.removeLast()
      switch byte {
      case UInt8(ascii: "\\"):
        let escape = takeEscape()
        if escape.isNegated {
          operand.others.append(Operand(members: escape.members).pattern(isNegated: true))
        } else {
          operand.members += escape.members
        }
      case UInt8(ascii: "["):
        if self.byte(at: offset + 1) == UInt8(ascii: ":") { note("[:") }
        let inner = takeClass(depth: depth + 1)
        if inner.first == UInt8(ascii: "["), inner.dropFirst().first != UInt8(ascii: "^") {
          operand.members += inner.dropFirst().dropLast()
        } else {
          operand.others.append(inner)
        }
      case UInt8(ascii: "&") where self.byte(at: offset + 1) == UInt8(ascii: "&"):
        offset += 2
        operands.append(operand)
        operand = Operand()
      default:
        operand.members.append(byte)
        offset += 1
      }
      operands.append(operand)
    }
    if offset < source.count { offset += 1 } else { note("[ without ]") }
    if operands.count == 1, operands[0].others.isEmpty {
      return operands[0].pattern(isNegated: isNegated)
    }
    // All sides match here; the last one takes the character.
    let sides = operands.dropLast().map { Array("(?=".utf8) + $0.pattern() + Array(")".utf8) }
    let whole = Array(sides.joined()) + (operands.last?.pattern() ?? [])
    return isNegated
      ? Array("(?:(?!".utf8) + whole + Array(#")(?s:.))"#.utf8)
      : Array("(?:".utf8) + whole + Array(")".utf8)
  }

  /// Takes an escape, which begins at `offset`.
  ///
  /// - Returns: the inside of the class that it stands for, and whether that is negated; or the escape
  ///   itself where it stands for one character.
  private mutating func takeEscape() -> (members: [UInt8], isClass: Bool, isNegated: Bool) {
    let start = offset
    guard let letter = byte(at: start + 1) else {
      offset += 1
      return ([UInt8(ascii: "\\")], false, false)
    }
    offset += 2
    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter)
    if letter | 0x20 == UInt8(ascii: "p") {
      let end = source[start...].firstIndex(of: UInt8(ascii: "}"))
      guard byte(at: start + 2) == UInt8(ascii: "{"), let end,
        let members = UnicodeProperty.members(of: source[(start + 3)..<end])
      else {
        let end = end.map { $0 + 1 } ?? offset
        note(String(decoding: source[start..<end], as: UTF8.self))
        return (Array(source[start..<offset]), false, false)
      }
      offset = end + 1
      return (members, true, isUpper)
    }
    if let members = UnicodeProperty.members(ofEscape: letter | 0x20), letter >= 0x41 {
      return (members, true, isUpper)
    }
    let isAlphanumeric = isUpper || (0x61...0x7A).contains(letter) || (0x30...0x39).contains(letter)
    if isAlphanumeric, !"rntfvx".utf8.contains(letter) {
      note(String(decoding: source[start..<offset], as: UTF8.self))
    }
    return (Array(source[start..<offset]), false, false)
  }

  private mutating func note(_ part: String) {
    unsupported = unsupported ?? part
  }
}
