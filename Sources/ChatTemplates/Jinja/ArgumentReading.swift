internal import Bytes

// Reading arguments as the types that builtins want.
extension Interpreter {
  /// The text of a string; anything else is an error that names `role`.
  func requireText(_ value: Value?, _ role: String) throws(TemplateError) -> Text {
    guard case .string(let text) = value else {
      if case .undefined(let undefined) = value { throw failure(undefined.message) }
      throw failure("\(role) must be str, not \(value?.typeName ?? "NoneType")")
    }
    return text
  }

  /// The text of an argument that may be absent or none.
  func optionalText(_ value: Value?, _ role: String) throws(TemplateError) -> Text? {
    switch value {
    case nil, .some(.none): nil
    default: try requireText(value, role)
    }
  }

  /// The integer of an argument, or `standard` if it is absent.
  func integer(_ value: Value?, or standard: Int) throws(TemplateError) -> Int {
    guard let value else { return standard }
    if case .undefined(let undefined) = value { throw failure(undefined.message) }
    guard let integer = value.index else {
      throw failure("'\(value.typeName)' object cannot be interpreted as an integer")
    }
    return integer
  }

  /// The length or width of an argument, or `standard` if it is absent; kept in bounds in which
  /// sums do not overflow.
  func size(_ value: Value?, or standard: Int) throws(TemplateError) -> Int {
    let bound = 1 << 48
    return min(max(try integer(value, or: standard), -bound), bound)
  }

  /// Whether an argument is true, or `standard` if it is absent.
  func boolean(_ value: Value?, or standard: Bool = false) -> Bool {
    value?.isTrue ?? standard
  }

  /// The number of `value`, or an error with `message`.
  func requireNumber(_ value: Value, _ message: String) throws(TemplateError) -> Number {
    if case .undefined(let undefined) = value { throw failure(undefined.message) }
    guard let number = value.number else { throw failure(message) }
    return number
  }

  /// The length of what has one, as Python's `len`.
  func length(of value: Value) throws(TemplateError) -> Int {
    switch value {
    case .undefined: return 0
    case .string(let text):
      try charge(scanning: text)
      return text.characterCount
    case .list(let list), .tuple(let list): return list.elements.count
    case .dictionary(let dictionary): return dictionary.count
    case .view(let view): return view.dictionary.count
    case .range(let range): return range.count
    case .loop(let loop): return loop.items.count
    default: throw failure("object of type '\(value.typeName)' has no len()")
    }
  }
}
