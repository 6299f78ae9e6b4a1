internal import Bytes

extension Methods {
  static let translating: [Builtin] = [
    Builtin("expandtabs", ["tabsize"], expandTabs),
    Builtin("translate", ["table"], required: 1, translate).byPosition,
    Builtin("format_map", ["mapping"], required: 1) {
      interpreter, subject, arguments throws(TemplateError) in
      var given = Arguments()
      if case .dictionary(let dictionary) = arguments[0] {
        for (key, value) in zip(dictionary.keys, dictionary.values) {
          guard case .string(let name) = key else { continue }
          given.keyword.append((ByteString(name.bytes), value))
        }
      }
      return .string(try interpreter.formatBraces(try interpreter.text(of: subject), given))
    }.byPosition,
  ]

  /// Blanks for each tab, up to the next column that is a multiple of the size.
  private static func expandTabs(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    let size = try interpreter.size(arguments[0], or: 8)
    try interpreter.charge(text.count)
    var result = Text()
    result.isMarkup = text.isMarkup
    var column = 0
    for range in text.characterRanges {
      switch text.bytes[range.start] {
      case 0x09:
        let count = size > 0 ? size - column % size : 0
        try interpreter.charge(textBytes: count)
        result.append(Array(repeating: 0x20, count: count))
        column += count
      case 0x0A, 0x0D:
        result.append(text, range)
        column = 0
      default:
        result.append(text, range)
        column += 1
      }
      try interpreter.check(textBytes: result.count)
    }
    return .string(result)
  }

  /// What a dictionary has for the number of each code point; none drops it.
  private static func translate(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    guard case .dictionary(let table) = arguments[0] else {
      throw interpreter.failure("the table of translate() must be a dictionary")
    }
    try interpreter.charge(text.count)
    var result = Text()
    result.isMarkup = text.isMarkup
    for range in text.characterRanges {
      let scalar = CodePoints.decode(text.bytes, at: range.start).scalar
      switch table[.integer(Int(scalar.value))] {
      case nil: result.append(text, range)
      case .some(.none): break
      case .string(let replacement): result.append(replacement)
      case .some(let value):
        guard let code = value.number?.large?.scalar else {
          throw interpreter.failure("character mapping must return integer, None or str")
        }
        result.append(String(Character(code)).utf8)
      }
      try interpreter.check(textBytes: result.count)
    }
    try interpreter.charge(textBytes: result.count)
    return .string(result)
  }
}
