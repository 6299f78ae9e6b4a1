internal import Bytes

/// The names that every template knows.
enum Globals {
  /// The most numbers that `range` makes, as in jinja2's sandbox.
  static let longestRange = 100_000

  /// The global called `name`.
  static func named(_ name: ByteString) -> Value? {
    if let function = functions[name] { return .callable(Callable(.function(function))) }
    return unsupported.contains(name) ? .callable(Callable(.unsupported(name))) : nil
  }

  private static let unsupported: [ByteString] = ["lipsum", "cycler", "joiner", "self"]

  private static let functions = Builtin.table([
    Builtin("raise_exception", ["message"], required: 1, raise),
    Builtin("strftime_now", ["format"], required: 1, formatNow),
    Builtin("range", ["start", "stop", "step"], required: 1, range),
    Builtin(variadic: "dict", dictionary),
    Builtin(variadic: "namespace", namespace),
  ])

  private static func raise(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let message = try interpreter.text(of: arguments[0] ?? .none)
    throw interpreter.failure(message.string, kind: .raised)
  }

  private static func formatNow(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let format = try interpreter.requireText(arguments[0], "strftime() argument 1")
    let limit = min(interpreter.limits.textBytes, .max - 1)
    try interpreter.charge(scanning: format)
    let text = interpreter.clock.formatted(format, limit: limit + 1)
    try interpreter.charge(textBytes: text.count)
    return .string(text)
  }

  private static func range(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    var start = 0
    var end = try interpreter.integer(arguments[0], or: 0)
    if let stop = arguments[1] {
      start = end
      end = try interpreter.integer(stop, or: 0)
    }
    let step = try interpreter.integer(arguments[2], or: 1)
    guard step != 0 else { throw interpreter.failure("range() arg 3 must not be zero") }
    let distance = try interpreter.exact(end.subtractingReportingOverflow(start))
    let isEmpty = distance == 0 || (distance > 0) != (step > 0)
    let count = isEmpty ? 0 : (distance.magnitude - 1) / step.magnitude + 1
    guard count <= longestRange else {
      throw interpreter.failure(
        "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(longestRange)).",
        kind: .limit)
    }
    return .range(IntegerRange(start: start, end: end, step: step, count: Int(count)))
  }

  private static func dictionary(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    try interpreter.dictionary(try entries(interpreter, arguments.given, "dict"))
  }

  private static func namespace(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let namespace = Namespace()
    try interpreter.charge(objects: 2)
    interpreter.track(namespace)
    for (key, value) in try entries(interpreter, arguments.given, "namespace") {
      guard case .string(let name) = key else {
        throw interpreter.failure("attribute names must be strings")
      }
      try interpreter.checkNamespaceName(ByteString(name.bytes))
      namespace[ByteString(name.bytes)] = value
    }
    return .namespace(namespace)
  }

  /// The entries that `dict` and `namespace` take: a mapping or pairs, and keyword arguments.
  private static func entries(
    _ interpreter: Interpreter, _ arguments: Arguments, _ name: String
  ) throws(TemplateError) -> [(key: Value, value: Value)] {
    var entries: [(key: Value, value: Value)] = []
    guard arguments.positional.count <= 1 else {
      throw interpreter.failure(
        "\(name) expected at most 1 argument, got \(arguments.positional.count)")
    }
    if case .dictionary(let dictionary) = arguments.positional.first {
      entries += zip(dictionary.keys, dictionary.values).map { ($0, $1) }
    } else if let pairs = arguments.positional.first {
      for pair in try interpreter.elements(of: pairs) {
        let parts = try interpreter.elements(of: pair)
        guard parts.count == 2 else {
          throw interpreter.failure("dictionary update sequence element is no pair")
        }
        entries.append((parts[0], parts[1]))
      }
    }
    entries += arguments.keyword.map { (.string(Text($0.name.bytes)), $0.value) }
    return entries
  }
}
