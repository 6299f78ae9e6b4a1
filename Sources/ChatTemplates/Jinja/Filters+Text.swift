internal import Bytes

extension Filters {
  static let text: [Builtin] = [
    Builtin("trim", ["chars"], trim),
    Builtin("upper", Methods.mappingCase(.upper)),
    Builtin("lower", Methods.mappingCase(.lower)),
    Builtin("capitalize", Methods.mappingCase(.capitalize)),
    Builtin("title", title),
    Builtin("replace", ["old", "new", "count"], required: 2, replace),
    Builtin(variadic: "format", format),
    Builtin("wordcount") { interpreter, subject, _ throws(TemplateError) in
      .integer(wordCount(try interpreter.text(of: subject)))
    },
  ]

  private static func trim(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let set = try interpreter.optionalText(arguments[0], "strip arg")
    try interpreter.charge(set?.count ?? 0)
    try interpreter.charge(scanning: text)
    try interpreter.charge(text.count >> 4 * (set?.count ?? 0))
    return .string(text.stripped(.both, of: set))
  }

  private static func replace(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = Value.string(try interpreter.text(of: subject).plain)
    let old = Value.string(try interpreter.text(of: arguments[0] ?? .none))
    let new = Value.string(try interpreter.text(of: arguments[1] ?? .none))
    let count = if case .some(.none) = arguments[2] { Value?.none } else { arguments[2] }
    return try Methods.replace(interpreter, text, BoundArguments(old, new, count))
  }

  private static func format(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let given = arguments.given
    guard given.keyword.isEmpty else {
      let entries = given.keyword.map { (Value.string(Text($0.name.bytes)), $0.value) }
      return .string(try interpreter.formatPercent(text, try interpreter.dictionary(entries)))
    }
    return .string(try interpreter.formatPercent(text, try interpreter.tuple(given.positional)))
  }

  /// The text with each word in title case; unlike Python's method, an apostrophe ends no word.
  private static func title(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    try interpreter.charge(text.count)
    var result = Text()
    var wordStart = 0
    for range in text.characterRanges {
      let scalar = CodePoints.decode(text.bytes, at: range.start).scalar
      guard CodePoints.isWhitespace(scalar) || "-({[<".unicodeScalars.contains(scalar) else {
        continue
      }
      appendTitle(text.slice(ByteRange(wordStart, range.start)), to: &result)
      result.append(text, range)
      wordStart = range.end
    }
    appendTitle(text.slice(ByteRange(wordStart, text.count)), to: &result)
    return .string(result)
  }

  private static func appendTitle(_ word: Text, to result: inout Text) {
    let first = word.characters(from: 0, to: 1)
    result.append(first.mapped(.upper))
    result.append(word.slice(ByteRange(first.count, word.count)).mapped(.lower))
  }

  /// The number of runs of letters, digits and underscores.
  private static func wordCount(_ text: Text) -> Int {
    var count = 0
    var isInWord = false
    CodePoints.forEach(in: text.bytes, ByteRange(0, text.count)) { scalar, _ in
      let isPart =
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      if isPart && !isInWord { count += 1 }
      isInWord = isPart
    }
    return count
  }
}
