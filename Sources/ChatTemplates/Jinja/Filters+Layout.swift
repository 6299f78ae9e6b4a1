internal import Bytes

extension Filters {
  static let layout: [Builtin] = [
    Builtin("indent", ["width", "first", "blank"], indent),
    Builtin("truncate", ["length", "killwords", "end", "leeway"], truncate),
    Builtin("center", ["width"]) { interpreter, subject, arguments throws(TemplateError) in
      let width = Value.integer(try interpreter.integer(arguments[0], or: 80))
      let text = Value.string(try interpreter.text(of: subject))
      return try Methods.pad(interpreter, text, BoundArguments(width), .both)
    },
  ]

  private static func indent(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.requireText(subject, "the text to indent")
    let indentation: Text
    if case .string(let width) = arguments[0] {
      indentation = width
    } else {
      let width = max(0, try interpreter.size(arguments[0], or: 4))
      try interpreter.charge(textBytes: width)
      indentation = Text(Array(repeating: 0x20, count: width))
    }
    let indentsFirst = interpreter.boolean(arguments[1])
    let indentsBlank = interpreter.boolean(arguments[2])
    var source = text
    source.append("\n")
    try interpreter.charge(scanning: text)
    try interpreter.charge(objects: source.lineEndCount)
    let lines = source.lines()
    var result = Text()
    for (index, line) in lines.enumerated() {
      if index > 0 { result.append("\n") }
      if index == 0 ? indentsFirst : indentsBlank || !line.isEmpty { result.append(indentation) }
      result.append(line)
      try interpreter.check(textBytes: result.count)
    }
    try interpreter.charge(textBytes: result.count)
    result.isMarkup = text.isMarkup
    return .string(result)
  }

  private static func truncate(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let length = try interpreter.size(arguments[0], or: 255)
    let end = try interpreter.optionalText(arguments[2], "end") ?? Text("...")
    let leeway = try interpreter.size(arguments[3], or: 5)
    let kept = length - end.characterCount
    guard kept >= 0 else {
      throw interpreter.failure("expected length >= \(end.characterCount), got \(length)")
    }
    guard leeway >= 0 else {
      throw interpreter.failure("expected leeway >= 0, got \(leeway)")
    }
    if try interpreter.length(of: subject) <= length + leeway { return subject }
    let text = try interpreter.requireText(subject, "the text to truncate")
    var result = text.characters(from: 0, to: kept)
    if !interpreter.boolean(arguments[1]), let place = result.lastOffset(of: [0x20]) {
      result = result.slice(ByteRange(0, place))
    }
    result.append(end)
    return .string(result)
  }
}
