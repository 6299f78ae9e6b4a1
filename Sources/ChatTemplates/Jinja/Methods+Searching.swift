internal import Bytes

extension Methods {
  static let searching: [Builtin] = [
    Builtin("startswith", ["prefix", "start", "end"], required: 1, asking { $0.hasPrefix($1) }),
    Builtin("endswith", ["suffix", "start", "end"], required: 1, asking { $0.hasSuffix($1) }),
    Builtin("find", ["sub", "start", "end"], required: 1, finding(fromRight: false)),
    Builtin("rfind", ["sub", "start", "end"], required: 1, finding(fromRight: true)),
    Builtin("index", ["sub", "start", "end"], required: 1, requiring(fromRight: false)),
    Builtin("rindex", ["sub", "start", "end"], required: 1, requiring(fromRight: true)),
    Builtin("count", ["sub", "start", "end"], required: 1, count),
  ]

  /// The part of the subject that the arguments `start` and `end` leave, and where it begins; nil if
  /// it would begin behind the end.
  private static func part(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> (text: Text, start: Int)? {
    let text = try interpreter.text(of: subject)
    try interpreter.charge(scanning: text)
    if arguments[1] == nil && arguments[2] == nil { return (text, 0) }
    let count = text.characterCount
    func clamp(_ value: Int) -> Int { min(max(value < 0 ? value + count : value, 0), count) }
    let first = try interpreter.integer(arguments[1], or: 0)
    let start = clamp(first)
    let end = clamp(try interpreter.integer(arguments[2], or: count))
    // Behind the end, not even the empty text is found.
    guard first <= count, start <= end else { return nil }
    return (text.characters(from: start, to: end), start)
  }

  private static func asking(_ has: @escaping @Sendable (Text, Text) -> Bool) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      guard let text = try part(interpreter, subject, arguments)?.text else {
        return .boolean(false)
      }
      guard case .tuple(let list) = arguments[0] else {
        return .boolean(has(text, try interpreter.requireText(arguments[0], "first arg")))
      }
      for element in list.elements {
        if has(text, try interpreter.requireText(element, "tuple for startswith or endswith")) {
          return .boolean(true)
        }
      }
      return .boolean(false)
    }
  }

  private static func find(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments, fromRight: Bool
  ) throws(TemplateError) -> Int? {
    guard let (text, start) = try part(interpreter, subject, arguments) else { return nil }
    let wanted = try interpreter.requireText(arguments[0], "first arg")
    if fromRight { try interpreter.charge(text.count >> 3 * (wanted.count >> 3 + 1)) }
    let offset =
      fromRight ? text.lastOffset(of: wanted.bytes) : text.firstOffset(of: wanted.bytes)
    return offset.map { start + text.characterIndex(ofByte: $0) }
  }

  private static func finding(fromRight: Bool) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      .integer(try find(interpreter, subject, arguments, fromRight: fromRight) ?? -1)
    }
  }

  private static func requiring(fromRight: Bool) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      guard let index = try find(interpreter, subject, arguments, fromRight: fromRight) else {
        throw interpreter.failure("substring not found")
      }
      return .integer(index)
    }
  }

  private static func count(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    guard let text = try part(interpreter, subject, arguments)?.text else { return .integer(0) }
    let wanted = try interpreter.requireText(arguments[0], "first arg")
    return .integer(text.occurrences(of: wanted.bytes))
  }
}
