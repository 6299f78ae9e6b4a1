internal import Bytes

extension Filters {
  static let sequences: [Builtin] = [
    Builtin("length") { interpreter, subject, _ throws(TemplateError) in
      .integer(try interpreter.length(of: subject))
    },
    Builtin("count") { interpreter, subject, _ throws(TemplateError) in
      .integer(try interpreter.length(of: subject))
    },
    Builtin("first", first),
    Builtin("last", last),
    Builtin("list") { interpreter, subject, _ throws(TemplateError) in
      try interpreter.list(try interpreter.elements(of: subject))
    },
    Builtin("join", ["d", "attribute"], join),
    Builtin("reverse", reverse),
    Builtin("sum", ["attribute", "start"], sum),
    Builtin("items", items),
    Builtin("batch", ["linecount", "fill_with"], required: 1, batch),
    Builtin("slice", ["slices", "fill_with"], required: 1, slice),
  ]

  private static func first(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    if case .iterator(let iterator) = subject, let first = try iterator.next() { return first }
    return try interpreter.elements(of: subject).first
      ?? .undefined(Undefined(message: "No first item, sequence was empty."))
  }

  private static func last(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    if case .iterator(let iterator) = subject {
      throw interpreter.failure("'\(iterator.typeName)' object is not reversible")
    }
    return try interpreter.elements(of: subject).last
      ?? .undefined(Undefined(message: "No last item, sequence was empty."))
  }

  private static func join(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let separator = try arguments[0].map { value throws(TemplateError) in
      try interpreter.text(of: value)
    }
    var result = Text()
    for (index, element) in try interpreter.elements(of: subject).enumerated() {
      if index > 0, let separator { result.append(separator) }
      result.append(try interpreter.text(of: try interpreter.key(arguments[1], of: element)))
      try interpreter.check(textBytes: result.count)
    }
    try interpreter.charge(textBytes: result.count)
    return .string(result.plain)
  }

  private static func reverse(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    if case .string = subject {
      return try interpreter.slice(of: subject, from: .none, to: .none, step: .integer(-1))
    }
    let elements: [Value] = try interpreter.elements(of: subject).reversed()
    if case .iterator = subject { return try interpreter.list(elements) }
    return .iterator(ValueIterator(elements, typeName: "list_reverseiterator"))
  }

  private static func sum(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    var total = arguments[1] ?? .integer(0)
    for element in try interpreter.elements(of: subject) {
      let part = try interpreter.key(arguments[0], of: element)
      total = try interpreter.calculate(total, .add, part)
    }
    return total
  }

  private static func items(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    switch subject {
    case .undefined: return .iterator(ValueIterator([]))
    case .dictionary(let dictionary):
      return .iterator(ValueIterator(DictionaryView(.items, of: dictionary).elements))
    default: throw interpreter.failure("Can only get item pairs from a mapping.")
    }
  }

  private static func batch(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let size = max(1, try interpreter.size(arguments[0], or: 1))
    let elements = try interpreter.elements(of: subject)
    var batches: [Value] = []
    for start in Swift.stride(from: 0, to: elements.count, by: size) {
      var batch = Array(elements[start..<min(start + size, elements.count)])
      if let fill = arguments[1], batch.count < size {
        try interpreter.charge(size)
        batch += Array(repeating: fill, count: size - batch.count)
      }
      batches.append(try interpreter.list(batch))
    }
    return .iterator(ValueIterator(batches))
  }

  private static func slice(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let count = try interpreter.size(arguments[0], or: 1)
    guard count > 0 else { throw interpreter.failure("integer division or modulo by zero") }
    try interpreter.charge(count)
    let elements = try interpreter.elements(of: subject)
    let (size, longer) = elements.count.quotientAndRemainder(dividingBy: count)
    var slices: [Value] = []
    var start = 0
    for index in 0..<count {
      let end = start + size + (index < longer ? 1 : 0)
      var slice = Array(elements[start..<end])
      if let fill = arguments[1], index >= longer { slice.append(fill) }
      slices.append(try interpreter.list(slice))
      start = end
    }
    return .iterator(ValueIterator(slices))
  }
}

extension Interpreter {
  /// What a filter's argument `attribute` picks of `element`: the element itself without one, else
  /// an item or attribute, through dots.
  func key(
    _ attribute: Value?, of element: Value, standard: Value? = nil
  ) throws(TemplateError) -> Value {
    switch attribute {
    case nil, .some(.none): return element
    case .some(.string(let path)):
      var value = element
      for part in path.split(by: Text("."), limit: .max) {
        let key = Int(part.string).map { Value.integer($0) } ?? .string(part)
        value = try item(key, of: value)
        if case .undefined = value, let standard { value = standard }
      }
      return value
    case .some(let index): return try item(index, of: element)
    }
  }
}
