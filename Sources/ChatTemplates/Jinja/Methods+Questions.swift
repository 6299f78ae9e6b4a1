internal import Bytes

// Questions about all code points of a text.
extension Methods {
  static let asking: [Builtin] = [
    Builtin("isdigit", asking { isDigit($0) }),
    Builtin("isdecimal", asking { $0.properties.numericType == .decimal }),
    Builtin("isnumeric", asking { $0.properties.numericType != nil }),
    Builtin("isalpha", asking { isLetter($0) }),
    Builtin("isalnum", asking { isLetter($0) || $0.properties.numericType != nil }),
    Builtin("isidentifier") { interpreter, subject, _ throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      try interpreter.charge(text.count)
      return .boolean(isIdentifier(text))
    },
    Builtin("isprintable") { interpreter, subject, _ throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      try interpreter.charge(text.count)
      return .boolean(
        text.characterRanges.allSatisfy {
          CodePoints.isPrintable(CodePoints.decode(text.bytes, at: $0.start).scalar)
        })
    },
    Builtin("istitle") { interpreter, subject, _ throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      try interpreter.charge(text.count)
      return .boolean(isTitle(text))
    },
    Builtin("isspace", asking { CodePoints.isWhitespace($0) }),
    Builtin("isascii") { interpreter, subject, _ throws(TemplateError) in
      .boolean(try interpreter.text(of: subject).bytes.allSatisfy { $0 < 0x80 })
    },
    Builtin("isupper", askingCased { $0.properties.isUppercase }),
    Builtin("islower", askingCased { $0.properties.isLowercase }),
  ]

  private static func isIdentifier(_ text: Text) -> Bool {
    guard !text.isEmpty else { return false }
    return text.characterRanges.enumerated().allSatisfy { index, range in
      let scalar = CodePoints.decode(text.bytes, at: range.start).scalar
      return scalar == "_"
        || (index == 0 ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue)
    }
  }

  /// Whether there are words, and each begins with an upper case and has no other.
  private static func isTitle(_ text: Text) -> Bool {
    var hasCased = false
    var follows = false
    var result = true
    CodePoints.forEach(in: text.bytes, ByteRange(0, text.count)) { scalar, _ in
      let isUpper =
        scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter
      let isLower = scalar.properties.isLowercase
      if isUpper && follows || isLower && !follows { result = false }
      follows = isUpper || isLower
      hasCased = hasCased || follows
    }
    return hasCased && result
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func asking(_ holds: @escaping @Sendable (Unicode.Scalar) -> Bool) -> Builtin.Body
  {
    { interpreter, subject, _ throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      try interpreter.charge(text.count)
      var result = !text.isEmpty
      CodePoints.forEach(in: text.bytes, ByteRange(0, text.count)) { scalar, _ in
        result = result && holds(scalar)
      }
      return .boolean(result)
    }
  }

  /// Whether there are cased letters, and all of them are of the case that `holds` tells.
  static func askingCased(_ holds: @escaping @Sendable (Unicode.Scalar) -> Bool) -> Builtin.Body {
    { interpreter, subject, _ throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      try interpreter.charge(text.count)
      var hasCased = false
      var result = true
      CodePoints.forEach(in: text.bytes, ByteRange(0, text.count)) { scalar, _ in
        guard scalar.properties.isCased else { return }
        hasCased = true
        result = result && holds(scalar)
      }
      return .boolean(hasCased && result)
    }
  }
}
