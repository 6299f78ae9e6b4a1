package import Bytes

/// A token of a template.
package struct Token: Hashable, Sendable {
  /// The kinds of tokens, with what they say.
  package enum Kind: Hashable, Sendable {
    /// Text to be printed as it is.
    case data([UInt8])
    /// `{{`
    case printBegin
    /// `}}`
    case printEnd
    /// `{%`
    case tagBegin
    /// `%}`
    case tagEnd
    case name(ByteString)
    case string([UInt8])
    /// An integer in decimal.
    case integer(ByteString)
    case float(Double)
    case symbol(Symbol)
    /// The end of the template.
    case end
  }

  package let kind: Kind
  /// The byte offset of the token in the template.
  package let offset: Int

  /// Makes a token.
  package init(_ kind: Kind, offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

/// An operator or a punctuation mark.
package enum Symbol: String, Hashable, Sendable, CaseIterable {
  case plus = "+"
  case minus = "-"
  case times = "*"
  case power = "**"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case join = "~"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case assign = "="
  case dot = "."
  case colon = ":"
  case pipe = "|"
  case comma = ","
  case semicolon = ";"
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case openBrace = "{"
  case closeBrace = "}"

  /// The symbol that the bytes begin with, the longer one where two would do.
  static func starting(with first: UInt8, then second: UInt8?) -> Symbol? {
    switch (first, second) {
    case (UInt8(ascii: "*"), UInt8(ascii: "*")): .power
    case (UInt8(ascii: "/"), UInt8(ascii: "/")): .floorDivide
    case (UInt8(ascii: "="), UInt8(ascii: "=")): .equal
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): .notEqual
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessOrEqual
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterOrEqual
    case (UInt8(ascii: "!"), _): nil
    default: single(first)
    }
  }

  private static func single(_ byte: UInt8) -> Symbol? {
    switch byte {
    case UInt8(ascii: "+"): .plus
    case UInt8(ascii: "-"): .minus
    case UInt8(ascii: "*"): .times
    case UInt8(ascii: "/"): .divide
    case UInt8(ascii: "%"): .remainder
    case UInt8(ascii: "~"): .join
    case UInt8(ascii: "<"): .less
    case UInt8(ascii: ">"): .greater
    case UInt8(ascii: "="): .assign
    case UInt8(ascii: "."): .dot
    case UInt8(ascii: ":"): .colon
    case UInt8(ascii: "|"): .pipe
    case UInt8(ascii: ","): .comma
    case UInt8(ascii: ";"): .semicolon
    case UInt8(ascii: "("): .openParenthesis
    case UInt8(ascii: ")"): .closeParenthesis
    case UInt8(ascii: "["): .openBracket
    case UInt8(ascii: "]"): .closeBracket
    case UInt8(ascii: "{"): .openBrace
    case UInt8(ascii: "}"): .closeBrace
    default: nil
    }
  }

  /// The bracket that closes this opening bracket.
  var closing: Symbol? {
    switch self {
    case .openParenthesis: .closeParenthesis
    case .openBracket: .closeBracket
    case .openBrace: .closeBrace
    default: nil
    }
  }

  var isClosing: Bool {
    self == .closeParenthesis || self == .closeBracket || self == .closeBrace
  }
}

extension Token.Kind: CustomStringConvertible {
  /// How messages name the token, in jinja2's words.
  package var description: String {
    switch self {
    case .data: "template data"
    case .printBegin: "begin of print statement"
    case .printEnd: "end of print statement"
    case .tagBegin: "begin of statement block"
    case .tagEnd: "end of statement block"
    case .name(let name), .integer(let name): name.string
    case .string(let bytes): String(decoding: bytes, as: UTF8.self)
    case .float(let value): String(value)
    case .symbol(let symbol): symbol.rawValue
    case .end: "end of template"
    }
  }
}
