internal import Bytes

extension Filters {
  static let selections: [Builtin] = [
    Builtin(variadic: "map", map),
    Builtin(variadic: "select", selecting(keeps: true, byAttribute: false)),
    Builtin(variadic: "reject", selecting(keeps: false, byAttribute: false)),
    Builtin(variadic: "selectattr", selecting(keeps: true, byAttribute: true)),
    Builtin(variadic: "rejectattr", selecting(keeps: false, byAttribute: true)),
  ]

  static let mappings: [Builtin] = [
    Builtin("attr", ["name"], required: 1) {
      interpreter, subject, arguments throws(TemplateError) in
      let name = try interpreter.requireText(arguments[0], "attribute name")
      // Unlike `x.y`, the filter never looks at items.
      if case .dictionary = subject, MethodFamily.named(ByteString(name.bytes)) == nil {
        return .undefined(
          Undefined(attribute: ByteString(name.bytes), of: subject.objectName))
      }
      return try interpreter.attribute(named: ByteString(name.bytes), of: subject)
    }
  ]

  private static func map(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    var given = arguments.given
    guard subject.isTrue else { return .iterator(ValueIterator([])) }
    if given.positional.isEmpty, let attribute = given.take("attribute") {
      let standard = given.take("default")
      if let unknown = given.keyword.first {
        throw interpreter.failure("Unexpected keyword argument '\(unknown.name)'")
      }
      return try iterator(interpreter, over: subject) { element throws(TemplateError) in
        try interpreter.key(attribute, of: element, standard: standard)
      }
    }
    let filter = try filter(interpreter, &given)
    return try iterator(interpreter, over: subject) { [given] element throws(TemplateError) in
      try interpreter.apply(filter, to: element, given)
    }
  }

  /// An iterator over what `transform` makes of the elements of a value.
  private static func iterator(
    _ interpreter: Interpreter, over subject: Value, _ transform: @escaping ValueIterator.Transform
  ) throws(TemplateError) -> Value {
    let charged: ValueIterator.Transform = { element throws(TemplateError) in
      try interpreter.charge(1)
      return try transform(element)
    }
    let iterator =
      if case .iterator(let source) = subject {
        ValueIterator(source, transform: charged)
      } else {
        ValueIterator(try interpreter.elements(of: subject), transform: charged)
      }
    return try interpreter.checked(.iterator(iterator), count: 1)
  }

  /// Takes the name of a filter from the arguments and returns the filter.
  private static func filter(
    _ interpreter: Interpreter, _ given: inout Arguments
  ) throws(TemplateError) -> Builtin {
    guard !given.positional.isEmpty else {
      throw interpreter.failure("map requires a filter argument")
    }
    let name = ByteString(
      try interpreter.requireText(given.positional.removeFirst(), "filter name").bytes)
    guard let filter = named(name) else {
      throw interpreter.failure("No filter named '\(name)'.")
    }
    return filter
  }

  private static func selecting(keeps: Bool, byAttribute: Bool) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      var given = arguments.given
      var attribute: Value?
      if byAttribute {
        guard !given.positional.isEmpty else {
          throw interpreter.failure("Missing parameter for attribute name")
        }
        attribute = given.positional.removeFirst()
      }
      guard subject.isTrue else { return .iterator(ValueIterator([])) }
      let test = try test(interpreter, &given)
      return try iterator(interpreter, over: subject) {
        [given, attribute] element throws(TemplateError) in
        let value = try interpreter.key(attribute, of: element)
        let holds =
          if let test { try interpreter.apply(test, to: value, given).isTrue } else { value.isTrue }
        return holds == keeps ? element : nil
      }
    }
  }

  /// Takes the name of a test from the arguments and returns the test; nil if there is none, and
  /// being true is asked for.
  private static func test(
    _ interpreter: Interpreter, _ given: inout Arguments
  ) throws(TemplateError) -> Builtin? {
    guard !given.positional.isEmpty else { return nil }
    let name = ByteString(
      try interpreter.requireText(given.positional.removeFirst(), "test name").bytes)
    guard let test = ValueTests.named(name) else {
      throw interpreter.failure("No test named '\(name)'.")
    }
    return test
  }
}
