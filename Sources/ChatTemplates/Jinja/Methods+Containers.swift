internal import Bytes

extension Methods {
  static let onDictionaries: [Builtin] = [
    Builtin("items") { _, subject, _ throws(TemplateError) in view(.items, of: subject) },
    Builtin("keys") { _, subject, _ throws(TemplateError) in view(.keys, of: subject) },
    Builtin("values") { _, subject, _ throws(TemplateError) in view(.values, of: subject) },
    Builtin("copy") { _, subject, _ throws(TemplateError) in subject },
    Builtin("get", ["key", "default"], required: 1, get),
    fromKeys,
  ]

  /// `dict.fromkeys`: a dictionary with the same value for all keys.
  static let fromKeys = Builtin("fromkeys", ["iterable", "value"], required: 1) {
    interpreter, _, arguments throws(TemplateError) in
    let keys = try interpreter.elements(of: arguments[0] ?? .none)
    return try interpreter.dictionary(keys.map { ($0, arguments[1] ?? .none) })
  }

  static let onSequences: [Builtin] = [
    Builtin("copy") { interpreter, subject, _ throws(TemplateError) in
      guard case .tuple = subject else { return subject }
      throw interpreter.failure("'tuple object' has no attribute 'copy'")
    },
    Builtin("index", ["value"], required: 1, index),
    Builtin("count", ["value"], required: 1) {
      interpreter, subject, arguments throws(TemplateError) in
      var count = 0
      for element in try interpreter.elements(of: subject) {
        if try interpreter.areEqual(element, arguments[0] ?? .none) { count += 1 }
      }
      return .integer(count)
    },
  ]

  static let onLoops: [Builtin] = [
    Builtin(variadic: "cycle", cycle),
    Builtin(variadic: "changed", changed),
  ]

  private static func view(_ kind: DictionaryView.Kind, of subject: Value) -> Value {
    guard case .dictionary(let dictionary) = subject else { return .none }
    return .view(DictionaryView(kind, of: dictionary))
  }

  private static func get(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    guard case .dictionary(let dictionary) = subject, let key = arguments[0] else { return .none }
    try interpreter.checkKey(key)
    return dictionary[key] ?? arguments[1] ?? .none
  }

  private static func index(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let wanted = arguments[0] ?? .none
    for (index, element) in try interpreter.elements(of: subject).enumerated() {
      if try interpreter.areEqual(element, wanted) { return .integer(index) }
    }
    throw interpreter.failure(
      "\(try interpreter.representation(of: wanted).string) is not in list")
  }

  private static func cycle(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let values = arguments.given.positional
    guard case .loop(let loop) = subject, !values.isEmpty else {
      throw interpreter.failure("no items for cycling given")
    }
    return values[loop.index % values.count]
  }

  private static func changed(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    guard case .loop(let loop) = subject else { return .none }
    let values = arguments.given.positional
    guard let last = loop.lastChanged else {
      loop.lastChanged = values
      return .boolean(true)
    }
    let isSame = try interpreter.areEqual(
      .list(ValueList(last)), .list(ValueList(values)))
    loop.lastChanged = values
    return .boolean(!isSame)
  }
}
