internal import Bytes

extension Methods {
  static let stripping: [Builtin] = [
    Builtin("strip", ["chars"], stripping(.both)),
    Builtin("lstrip", ["chars"], stripping(.start)),
    Builtin("rstrip", ["chars"], stripping(.end)),
    Builtin("removeprefix", ["prefix"], required: 1, removePrefix),
    Builtin("removesuffix", ["suffix"], required: 1, removeSuffix),
  ]

  static let splitting: [Builtin] = [
    Builtin("split", ["sep", "maxsplit"], split),
    Builtin("rsplit", ["sep", "maxsplit"], splitFromRight),
    Builtin("splitlines", ["keepends"], splitLines),
    Builtin("partition", ["sep"], required: 1, partitioning(fromRight: false)).byPosition,
    Builtin("rpartition", ["sep"], required: 1, partitioning(fromRight: true)).byPosition,
  ]

  static let casing: [Builtin] = [
    Builtin("upper", mappingCase(.upper)),
    Builtin("lower", mappingCase(.lower)),
    Builtin("title", mappingCase(.title)),
    Builtin("capitalize", mappingCase(.capitalize)),
    Builtin("swapcase", mappingCase(.swap)),
    Builtin("casefold", mappingCase(.fold)),
  ]

  static func mappingCase(_ mapping: CaseMapping) -> Builtin.Body {
    { interpreter, subject, _ throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      try interpreter.charge(text.count)
      return .string(text.mapped(mapping))
    }
  }

  private static func stripping(_ ends: TextEnds) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      let set = try interpreter.optionalText(arguments[0], "strip arg")
      try interpreter.charge(set?.count ?? 0)
      try interpreter.charge(scanning: text)
      try interpreter.charge(text.count >> 4 * (set?.count ?? 0))
      return .string(text.stripped(ends, of: set))
    }
  }

  private static func removePrefix(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let prefix = try interpreter.requireText(arguments[0], "removeprefix() argument")
    guard text.hasPrefix(prefix) else { return .string(text) }
    return .string(text.slice(ByteRange(prefix.count, text.count)))
  }

  private static func removeSuffix(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let suffix = try interpreter.requireText(arguments[0], "removesuffix() argument")
    guard text.hasSuffix(suffix) else { return .string(text) }
    return .string(text.slice(ByteRange(0, text.count - suffix.count)))
  }
}

// MARK: - Splitting

extension Methods {
  private static func separator(
    _ interpreter: Interpreter, _ value: Value?
  ) throws(TemplateError) -> Text? {
    let separator = try interpreter.optionalText(value, "sep")
    if separator?.isEmpty == true { throw interpreter.failure("empty separator") }
    return separator
  }

  private static func limit(
    _ interpreter: Interpreter, _ value: Value?
  ) throws(TemplateError) -> Int {
    let limit = try interpreter.integer(value, or: -1)
    return limit < 0 ? .max : limit
  }

  private static func split(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let limit = try limit(interpreter, arguments[1])
    try interpreter.charge(scanning: text)
    guard let separator = try separator(interpreter, arguments[0]) else {
      try interpreter.charge(objects: min(limit, text.wordCount))
      return try interpreter.list(text.splitByWhitespace(limit: limit).map { .string($0) })
    }
    try interpreter.charge(objects: min(limit, text.occurrences(of: separator.bytes)))
    return try interpreter.list(text.split(by: separator, limit: limit).map { .string($0) })
  }

  private static func splitFromRight(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let limit = try limit(interpreter, arguments[1])
    try interpreter.charge(scanning: text)
    guard let separator = try separator(interpreter, arguments[0]) else {
      try interpreter.charge(objects: min(limit, text.wordCount))
      return try interpreter.list(text.splitByWhitespaceFromRight(limit: limit).map { .string($0) })
    }
    try interpreter.charge(text.count >> 3 * (separator.count >> 3 + 1))
    try interpreter.charge(objects: min(limit, text.occurrences(of: separator.bytes)))
    return try interpreter.list(
      text.splitFromRight(by: separator, limit: limit).map { .string($0) })
  }

  private static func splitLines(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    try interpreter.charge(scanning: text)
    try interpreter.charge(objects: text.lineEndCount)
    let lines = text.lines(keepsEnds: interpreter.boolean(arguments[0]))
    return try interpreter.list(lines.map { .string($0) })
  }

  private static func partitioning(fromRight: Bool) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      let text = try interpreter.text(of: subject)
      guard let separator = try separator(interpreter, arguments[0]) else {
        throw interpreter.failure("must be str, not NoneType")
      }
      try interpreter.charge(text.count >> 3 * (separator.count >> 3 + 1))
      let place =
        fromRight
        ? text.lastOffset(of: separator.bytes) : text.firstOffset(of: separator.bytes)
      guard let place else {
        let parts = fromRight ? [Text(), Text(), text] : [text, Text(), Text()]
        return try interpreter.tuple(parts.map { .string($0) })
      }
      let end = place + separator.count
      let ranges = [
        ByteRange(0, place), ByteRange(place, end), ByteRange(end, text.count),
      ]
      return try interpreter.tuple(ranges.map { .string(text.slice($0)) })
    }
  }
}
