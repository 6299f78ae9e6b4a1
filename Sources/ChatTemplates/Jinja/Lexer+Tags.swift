internal import Bytes

// What is in a tag: names, numbers, strings and symbols.
extension Lexer {
  /// Reads tokens up to and with the end of a tag, `}}` or `%}`.
  mutating func scanTag(closedBy closer: UInt8, openedAt place: Int) throws(TemplateError) {
    var brackets: [Symbol] = []
    while true {
      skipWhitespace()
      guard let byte = peek() else { return }
      if brackets.isEmpty, let length = closing(closer) {
        append(closer == UInt8(ascii: "%") ? .tagEnd : .printEnd, at: offset + length - 2)
        return finishTag(trimsNewline: closer == UInt8(ascii: "%"))
      }
      let start = offset
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): try scanString(quote: byte)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
      default:
        if isNamePart(at: offset) {
          scanName()
        } else {
          try scanSymbol(byte, &brackets)
        }
      }
      assert(offset > start)
    }
  }

  /// The length of the tag's end if it stands here, with its mark.
  private func closing(_ closer: UInt8) -> Int? {
    if peek() == closer, peek(1) == UInt8(ascii: "}") { return 2 }
    let isMarked =
      peek() == UInt8(ascii: "-") || closer == UInt8(ascii: "%") && peek() == UInt8(ascii: "+")
    return isMarked && peek(1) == closer && peek(2) == UInt8(ascii: "}") ? 3 : nil
  }

  private mutating func scanSymbol(
    _ byte: UInt8, _ brackets: inout [Symbol]
  ) throws(TemplateError) {
    guard let symbol = Symbol.starting(with: byte, then: peek(1)) else {
      let scalar = CodePoints.decode(bytes, at: offset).scalar
      throw error("unexpected char '\(Character(scalar))'", at: offset)
    }
    if let closing = symbol.closing {
      brackets.append(closing)
    } else if symbol.isClosing {
      guard let expected = brackets.popLast() else {
        throw error("unexpected '\(symbol.rawValue)'", at: offset)
      }
      guard symbol == expected else {
        throw error(
          "unexpected '\(symbol.rawValue)', expected '\(expected.rawValue)'", at: offset)
      }
    }
    append(.symbol(symbol), at: offset)
    offset += symbol.rawValue.utf8.count
  }

  private func isNamePart(at offset: Int) -> Bool {
    guard offset < bytes.count else { return false }
    switch bytes[offset] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      return true
    case 0x80...:
      return CodePoints.decode(bytes, at: offset).scalar.properties.isXIDContinue
    default: return false
    }
  }

  private mutating func scanName() {
    let start = offset
    while isNamePart(at: offset) { offset += CodePoints.decode(bytes, at: offset).length }
    append(.name(ByteString(bytes[start..<offset])), at: start)
  }
}

// MARK: - Numbers

extension Lexer {
  private mutating func scanNumber() throws(TemplateError) {
    let start = offset
    if peek() == UInt8(ascii: "0"), let radix = radix(of: peek(1)) {
      offset += 2
      let digits = takeDigits { Unicode.Scalar($0).properties.isASCIIHexDigit }
      guard !digits.isEmpty, digits.count <= RenderLimits.integerDigits,
        let value = LargeInteger(digits: digits, radix: radix)
      else {
        throw error("not a number", at: start)
      }
      return append(.integer(ByteString(value.description)), at: start)
    }
    var spelling = takeDigits(isDigit)
    let isAttribute = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
    if !isAttribute, takeFraction(&spelling) {
      let value = Double(String(decoding: spelling, as: UTF8.self)) ?? .infinity
      return append(.float(value), at: start)
    }
    guard spelling.first != UInt8(ascii: "0") || spelling.allSatisfy({ $0 == 0x30 }) else {
      throw error("a number does not begin with 0", at: start)
    }
    append(.integer(ByteString(spelling.first == 0x30 ? [0x30] : spelling)), at: start)
  }

  private func radix(of byte: UInt8?) -> UInt32? {
    switch byte.map({ $0 | 0x20 }) {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// Takes digits, with single underscores between them, which are left out.
  private mutating func takeDigits(_ isDigit: (UInt8) -> Bool) -> [UInt8] {
    var digits: [UInt8] = []
    while let byte = peek() {
      if isDigit(byte) {
        digits.append(byte)
        offset += 1
      } else if byte == UInt8(ascii: "_"), let next = peek(1), isDigit(next) {
        offset += 1
      } else {
        break
      }
    }
    return digits
  }

  /// Takes a fraction and an exponent, as far as they are there.
  private mutating func takeFraction(_ spelling: inout [UInt8]) -> Bool {
    var isFloat = false
    if peek() == UInt8(ascii: "."), let next = peek(1), isDigit(next) {
      offset += 1
      spelling.append(UInt8(ascii: "."))
      spelling += takeDigits(isDigit)
      isFloat = true
    }
    guard let letter = peek(), letter | 0x20 == UInt8(ascii: "e") else { return isFloat }
    let isSigned = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
    guard let digit = peek(isSigned ? 2 : 1), isDigit(digit) else { return isFloat }
    spelling += bytes[offset..<(offset + (isSigned ? 2 : 1))]
    offset += isSigned ? 2 : 1
    spelling += takeDigits(isDigit)
    return true
  }
}

// MARK: - Strings

extension Lexer {
  private mutating func scanString(quote: UInt8) throws(TemplateError) {
    let start = offset
    var text: [UInt8] = []
    offset += 1
    while let byte = peek(), byte != quote {
      if byte == UInt8(ascii: "\\") {
        try scanEscape(into: &text)
      } else {
        text.append(byte)
        offset += 1
      }
    }
    guard peek() == quote else {
      throw error("the string does not end", at: start)
    }
    offset += 1
    append(.string(text), at: start)
  }

  /// Takes an escape of Python's strings; one that Python does not know stays as it is.
  private mutating func scanEscape(into text: inout [UInt8]) throws(TemplateError) {
    let start = offset
    offset += 2
    guard start + 1 < bytes.count else { return }
    let byte = bytes[start + 1]
    switch byte {
    case 0x0A: break
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): text.append(byte)
    case UInt8(ascii: "a"): text.append(0x07)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "v"): text.append(0x0B)
    case UInt8(ascii: "x"): try scanCode(radix: 16, 2...2, into: &text, from: start)
    case UInt8(ascii: "u"): try scanCode(radix: 16, 4...4, into: &text, from: start)
    case UInt8(ascii: "U"): try scanCode(radix: 16, 8...8, into: &text, from: start)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      offset -= 1
      try scanCode(radix: 8, 1...3, into: &text, from: start)
    default: text += [UInt8(ascii: "\\"), byte]
    }
  }

  private mutating func scanCode(
    radix: UInt32, _ length: ClosedRange<Int>, into text: inout [UInt8], from start: Int
  ) throws(TemplateError) {
    var value: UInt32 = 0
    var count = 0
    while count < length.upperBound, let byte = peek(),
      let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix
    {
      value = value &* radix &+ UInt32(digit)
      count += 1
      offset += 1
    }
    guard count >= length.lowerBound, let scalar = Unicode.Scalar(value) else {
      throw error("the escape in the string stands for no code point", at: start)
    }
    CodePoints.append(scalar, to: &text)
  }
}
