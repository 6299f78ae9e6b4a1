internal import Bytes

extension Interpreter {
  func evaluate(_ call: Expression.Call) throws(TemplateError) -> Value {
    // A method is called without making a value of it first.
    if case .attribute(let object, let use) = call.callee, let methods = use.methods {
      let subject = try evaluate(object)
      if let method = methods.method(of: subject) {
        let arguments = try evaluate(call.arguments)
        offset = use.offset
        return try apply(method, to: subject, arguments)
      }
      let callee = try attribute(use, of: subject)
      let arguments = try evaluate(call.arguments)
      offset = call.offset
      return try self.call(callee, arguments)
    }
    let callee = try evaluate(call.callee)
    if case .undefined(let undefined) = callee { throw failure(undefined.message) }
    let arguments = try evaluate(call.arguments)
    offset = call.offset
    return try self.call(callee, arguments)
  }

  func evaluate(_ list: ArgumentList) throws(TemplateError) -> Arguments {
    var arguments = Arguments()
    for expression in list.positional { arguments.positional.append(try evaluate(expression)) }
    for (name, expression) in list.keyword {
      arguments.keyword.append((name, try evaluate(expression)))
    }
    if let extra = list.extraPositional {
      arguments.positional += try elements(of: try evaluate(extra))
    }
    if let extra = list.extraKeyword {
      guard case .dictionary(let dictionary) = try evaluate(extra) else {
        throw failure("argument after ** must be a mapping")
      }
      for (key, value) in zip(dictionary.keys, dictionary.values) {
        guard case .string(let text) = key else { throw failure("keywords must be strings") }
        let name = ByteString(text.bytes)
        guard !arguments.keyword.contains(where: { $0.name == name }) else {
          throw failure("got multiple values for keyword argument '\(name)'")
        }
        arguments.keyword.append((name, value))
      }
    }
    return arguments
  }

  func call(_ callee: Value, _ arguments: Arguments) throws(TemplateError) -> Value {
    switch callee {
    case .callable(let callable):
      switch callable.kind {
      case .macro(let definition, let frame):
        return .string(try call(definition, in: frame, arguments))
      case .function(let function): return try apply(function, to: .none, arguments)
      case .method(let method, let subject): return try apply(method, to: subject, arguments)
      case .unsupported(let name):
        throw failure("not supported in chat templates: \(name)()", kind: .unsupported)
      }
    case .undefined(let undefined): throw failure(undefined.message)
    case .loop(let loop): return .string(try recurse(into: loop, arguments))
    default: throw failure("'\(callee.typeName)' object is not callable")
    }
  }
}

// MARK: - Macros

extension Interpreter {
  /// Calls a macro that was defined in `parent`, and returns what it prints.
  private func call(
    _ macro: MacroDefinition, in parent: Frame, _ arguments: Arguments
  ) throws(TemplateError) -> Text {
    try enter()
    defer { leave() }
    try charge(objects: macro.definesMacros ? 4 : 1)
    let outer = (frame: frame, output: output)
    frame = Frame(slotCount: macro.slotCount, parent: parent)
    if macro.definesMacros { track(frame) }
    output = Text()
    try bind(arguments, to: macro)
    _ = try execute(macro.body)
    try charge(textBytes: output.count)
    let result = output
    (frame, output) = outer
    return result
  }

  private func bind(
    _ arguments: Arguments, to macro: MacroDefinition
  ) throws(TemplateError) {
    var arguments = arguments
    try bindSpecials(&arguments, of: macro)
    for (index, parameter) in macro.parameters.enumerated() {
      if index < arguments.positional.count {
        frame[parameter.slot] = arguments.positional[index]
      } else if let named = arguments.take(parameter.name) {
        frame[parameter.slot] = named
      } else if let standard = parameter.standard {
        frame[parameter.slot] = try evaluate(standard)
      } else {
        frame[parameter.slot] = .undefined(
          Undefined(message: "parameter '\(parameter.name)' was not provided"))
      }
    }
    if let slot = macro.extraKeywordSlot {
      frame[slot] = try dictionary(
        arguments.keyword.map { (.string(Text($0.name.bytes)), $0.value) })
    } else if let unknown = arguments.keyword.first {
      throw failure("macro '\(macro.name)' takes no keyword argument '\(unknown.name)'")
    }
  }

  /// Binds `caller` and `varargs`, and checks the number of positional arguments.
  private func bindSpecials(
    _ arguments: inout Arguments, of macro: MacroDefinition
  ) throws(TemplateError) {
    if let slot = macro.callerSlot {
      frame[slot] =
        arguments.take("caller") ?? .undefined(Undefined(message: "No caller defined"))
    }
    let extra = arguments.positional.dropFirst(macro.parameters.count)
    if let slot = macro.extraPositionalSlot {
      frame[slot] = try tuple(Array(extra))
    } else if !extra.isEmpty {
      throw failure(
        "macro '\(macro.name)' takes not more than \(macro.parameters.count) argument(s)")
    }
  }
}
