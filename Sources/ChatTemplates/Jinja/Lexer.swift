package import Bytes

/// Splits a template into tokens, as jinja2 does with `trim_blocks` and `lstrip_blocks`.
///
/// This file finds the tags in the text and applies the rules of white space around them;
/// `Lexer+Tags.swift` reads what is in a tag.
package struct Lexer {
  let source: TemplateSource
  let bytes: [UInt8]
  var offset = 0
  var tokens: [Token] = []
  /// Whether what was read last ended a line, so that the next text begins one.
  private var isLineStart = true

  init(_ source: TemplateSource) {
    self.source = source
    bytes = source.bytes
  }

  /// Returns the tokens of a template; the last is `end`.
  ///
  /// - Throws: `TemplateError` of kind `syntax`.
  /// - Complexity: linear.
  package static func tokens(
    of source: ByteString, name: String
  ) throws(TemplateError) -> [Token] {
    try tokens(of: TemplateSource(source, name: name))
  }

  static func tokens(of source: TemplateSource) throws(TemplateError) -> [Token] {
    var lexer = Lexer(source)
    while lexer.offset < lexer.bytes.count { try lexer.scanText() }
    lexer.append(.end, at: lexer.bytes.count)
    return lexer.tokens
  }

  mutating func append(_ kind: Token.Kind, at offset: Int) {
    tokens.append(Token(kind, offset: offset))
  }

  func error(_ message: String, at offset: Int) -> TemplateError {
    source.error(.syntax, message, at: offset)
  }
}

// MARK: - Text and the tags in it

extension Lexer {
  private enum Opening {
    case print
    case tag
    case comment
  }

  /// What a `-` or `+` beside a delimiter asks for.
  private enum Mark {
    case none
    case strip
    case keep
  }

  /// Reads text up to the next tag, and the tag.
  private mutating func scanText() throws(TemplateError) {
    let start = offset
    guard let (place, opening) = nextOpening() else {
      offset = bytes.count
      return appendData(from: start, to: offset)
    }
    let mark = mark(at: place + 2)
    appendData(from: start, to: textEnd(start, place, opening, mark))
    offset = place + (mark == .none ? 2 : 3)
    switch opening {
    case .comment: try skipComment(from: place)
    case .print:
      append(.printBegin, at: place)
      try scanTag(closedBy: UInt8(ascii: "}"), openedAt: place)
    case .tag:
      if try skipRawTag() { return try scanRawText(from: place) }
      append(.tagBegin, at: place)
      try scanTag(closedBy: UInt8(ascii: "%"), openedAt: place)
    }
  }

  private func nextOpening() -> (place: Int, opening: Opening)? {
    var place = offset
    while place + 1 < bytes.count {
      if bytes[place] == UInt8(ascii: "{") {
        switch bytes[place + 1] {
        case UInt8(ascii: "{"): return (place, .print)
        case UInt8(ascii: "%"): return (place, .tag)
        case UInt8(ascii: "#"): return (place, .comment)
        default: break
        }
      }
      place += 1
    }
    return nil
  }

  private func mark(at offset: Int) -> Mark {
    guard offset < bytes.count else { return .none }
    switch bytes[offset] {
    case UInt8(ascii: "-"): return .strip
    case UInt8(ascii: "+"): return .keep
    default: return .none
    }
  }

  /// Where the text before a tag ends: before its white space if the tag says `-`, and before the
  /// blanks that begin the line if the tag is a statement or a comment (`lstrip_blocks`).
  private func textEnd(_ start: Int, _ place: Int, _ opening: Opening, _ mark: Mark) -> Int {
    if mark == .strip {
      return start + Text(bytes[start..<place]).stripped(.end).count
    }
    guard mark == .none, opening != .print else { return place }
    var lineStart = place
    while lineStart > start, bytes[lineStart - 1] != 0x0A { lineStart -= 1 }
    guard lineStart > start || isLineStart else { return place }
    return Text(bytes[lineStart..<place]).stripped().isEmpty ? lineStart : place
  }

  private mutating func appendData(from start: Int, to end: Int) {
    if end > start { append(.data(Array(bytes[start..<end])), at: start) }
  }

  /// Takes the end of a tag, of which `offset` is at the mark or the first byte of the delimiter,
  /// and the white space behind that goes with it.
  mutating func finishTag(trimsNewline: Bool) {
    let mark = mark(at: offset)
    offset = min(offset + (mark == .none ? 2 : 3), bytes.count)
    if mark == .strip {
      skipWhitespace()
    } else if mark == .none, trimsNewline, peek() == 0x0A {
      offset += 1
    }
    isLineStart = bytes[offset - 1] == 0x0A
  }

  mutating func skipWhitespace() {
    while offset < bytes.count {
      let (scalar, length) = CodePoints.decode(bytes, at: offset)
      guard CodePoints.isWhitespace(scalar) else { return }
      offset += length
    }
  }

  func peek(_ distance: Int = 0) -> UInt8? {
    offset + distance < bytes.count ? bytes[offset + distance] : nil
  }

  private mutating func skipComment(from place: Int) throws(TemplateError) {
    var end = place + 2
    while end + 1 < bytes.count {
      if bytes[end] == UInt8(ascii: "#") && bytes[end + 1] == UInt8(ascii: "}") {
        let isMarked = end > place + 2 && mark(at: end - 1) != .none
        offset = isMarked ? end - 1 : end
        return finishTag(trimsNewline: true)
      }
      end += 1
    }
    throw error("Missing end of comment tag", at: place)
  }
}

// MARK: - Raw text

extension Lexer {
  /// Takes the rest of `{% raw %}`; does nothing and returns false if another tag stands here.
  private mutating func skipRawTag() throws(TemplateError) -> Bool {
    let start = offset
    guard skipWord("raw"), isTagEnd else {
      offset = start
      return false
    }
    finishTag(trimsNewline: false)
    return true
  }

  private mutating func skipWord(_ word: StaticString) -> Bool {
    skipWhitespace()
    let expected = ByteString(stringLiteral: word).bytes
    guard bytes[offset...].starts(with: expected) else { return false }
    offset += expected.count
    skipWhitespace()
    return true
  }

  private var isTagEnd: Bool {
    let distance = mark(at: offset) == .none ? 0 : 1
    return peek(distance) == UInt8(ascii: "%") && peek(distance + 1) == UInt8(ascii: "}")
  }

  private mutating func scanRawText(from place: Int) throws(TemplateError) {
    let start = offset
    while let (next, opening) = nextOpening() {
      offset = next + 2
      guard opening == .tag else { continue }
      let mark = mark(at: offset)
      if mark != .none { offset += 1 }
      if skipWord("endraw"), isTagEnd {
        appendData(from: start, to: textEnd(start, next, .tag, mark))
        return finishTag(trimsNewline: true)
      }
      offset = next + 2
    }
    throw error("Missing end of raw directive", at: place)
  }
}
