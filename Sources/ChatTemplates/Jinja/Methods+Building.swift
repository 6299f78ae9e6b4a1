internal import Bytes

extension Methods {
  static let building: [Builtin] = [
    Builtin("replace", ["old", "new", "count"], required: 2, replace),
    Builtin("join", ["iterable"], required: 1, join),
    Builtin(variadic: "format") { interpreter, subject, arguments throws(TemplateError) in
      .string(try interpreter.formatBraces(try interpreter.text(of: subject), arguments.given))
    },
    Builtin("center", ["width", "fillchar"], required: 1, padding(.both)),
    Builtin("ljust", ["width", "fillchar"], required: 1, padding(.end)),
    Builtin("rjust", ["width", "fillchar"], required: 1, padding(.start)),
    Builtin("zfill", ["width"], required: 1, fillWithZeros),
  ]

  static func replace(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let old = try interpreter.requireText(arguments[0], "replace() argument 1")
    let new = try interpreter.requireText(arguments[1], "replace() argument 2")
    let count = try interpreter.integer(arguments[2], or: -1)
    let limit = count < 0 ? .max : count
    try interpreter.charge(scanning: text)
    let places = min(limit, text.occurrences(of: old.bytes))
    try interpreter.charge(objects: places)
    let (added, isTooLong) = places.multipliedReportingOverflow(by: new.count)
    try interpreter.charge(textBytes: isTooLong ? .max : added)
    let result = text.replacing(
      old, with: text.isMarkup ? new.escapedForMarkup : new, limit: limit)
    try interpreter.charge(textBytes: result.count)
    return .string(result)
  }

  private static func join(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let separator = try interpreter.text(of: subject)
    var result = Text()
    for (index, element) in try interpreter.elements(of: arguments[0] ?? .none).enumerated() {
      guard case .string(let text) = element else {
        throw interpreter.failure(
          "sequence item \(index): expected str instance, \(element.typeName) found")
      }
      if index > 0 { result.append(separator) }
      result.append(separator.isMarkup ? text.escapedForMarkup : text)
      try interpreter.check(textBytes: result.count)
    }
    try interpreter.charge(textBytes: result.count)
    result.isMarkup = separator.isMarkup
    return .string(result)
  }

  /// Pads the text with a character at `ends`.
  static func pad(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments, _ ends: TextEnds
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let width = try interpreter.size(arguments[0], or: 0)
    let fill = try interpreter.optionalText(arguments[1], "fillchar") ?? Text(" ")
    guard fill.characterCount == 1 else {
      throw interpreter.failure("The fill character must be exactly one character long")
    }
    let missing = max(0, width - text.characterCount)
    try interpreter.charge(textBytes: missing * fill.count + text.count)
    // Python puts the odd character on the left where the width is odd.
    let left =
      ends == .start ? missing : ends == .end ? 0 : missing / 2 + (missing & width & 1)
    var result = Text()
    for _ in 0..<left { result.append(fill) }
    result.append(text)
    for _ in left..<missing { result.append(fill) }
    result.isMarkup = text.isMarkup
    return .string(result)
  }

  private static func padding(_ ends: TextEnds) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      try pad(interpreter, subject, arguments, ends)
    }
  }

  private static func fillWithZeros(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let width = try interpreter.size(arguments[0], or: 0)
    let missing = max(0, width - text.characterCount)
    try interpreter.charge(textBytes: missing)
    let isSigned = text.bytes.first == UInt8(ascii: "-") || text.bytes.first == UInt8(ascii: "+")
    let signEnd = isSigned ? 1 : 0
    var result = text.slice(ByteRange(0, signEnd))
    result.append(Array(repeating: UInt8(ascii: "0"), count: missing))
    result.append(text, ByteRange(signEnd, text.count))
    return .string(result)
  }
}
