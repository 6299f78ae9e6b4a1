internal import Bytes

/// How a run of statements ended.
enum Flow {
  case onward
  case breakLoop
  case continueLoop
}

extension Interpreter {
  func execute(_ statements: [Statement]) throws(TemplateError) -> Flow {
    for statement in statements {
      let flow = try execute(statement)
      if flow != .onward { return flow }
    }
    return .onward
  }

  private func execute(_ statement: Statement) throws(TemplateError) -> Flow {
    switch statement {
    case .text(let bytes):
      output.append(bytes)
      try check(textBytes: output.count)
    case .output(let expression): try print(expression)
    case .conditional(let branches, let otherwise): return try execute(branches, otherwise)
    case .loop(let loop): return try execute(loop)
    case .assign(let target, let expression): try assign(try evaluate(expression), to: target)
    case .assignBlock(let target, let filters, let block):
      try assign(.string(try capture(block, filters)), to: target)
    case .define(let definition, let slot):
      frame[slot] = .callable(Callable(.macro(definition, frame)))
    case .callBlock(let call, let definition): try execute(call, body: definition)
    case .filterBlock(let filters, let block): try print(.string(try capture(block, filters)))
    case .scope(let bindings, let block): return try execute(bindings, block)
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .onward
  }

  private func print(_ expression: Expression) throws(TemplateError) {
    guard case .arithmetic(let first, let steps) = expression else {
      return try print(try evaluate(expression))
    }
    // Texts that are added up are printed one behind the other.
    try enter()
    defer { leave() }
    let sum = try sum(first, steps)
    for text in sum.texts { output.append(text) }
    try print(sum.last)
  }

  private func print(_ value: Value) throws(TemplateError) {
    output.append(try text(of: value))
    try check(textBytes: output.count)
  }

  private func execute(
    _ branches: [Statement.Branch], _ otherwise: [Statement]
  ) throws(TemplateError) -> Flow {
    try enter()
    defer { leave() }
    for branch in branches {
      if try evaluate(branch.condition).isTrue { return try execute(branch.body) }
    }
    return try execute(otherwise)
  }

  private func execute(
    _ bindings: [Statement.Binding], _ block: Block
  ) throws(TemplateError) -> Flow {
    try enter()
    defer { leave() }
    var values: [Value] = []
    for binding in bindings { values.append(try evaluate(binding.value)) }
    reset(block)
    for (binding, value) in zip(bindings, values) { try assign(value, to: binding.target) }
    return try execute(block.body)
  }

  /// Makes the variables of a scope undefined.
  private func reset(_ block: Block) {
    for slot in block.slots { frame[slot] = nil }
  }

  /// Returns what a block prints, after filters.
  private func capture(_ block: Block, _ filters: [FilterUse]) throws(TemplateError) -> Text {
    try enter()
    defer { leave() }
    let outer = output
    output = Text()
    reset(block)
    _ = try execute(block.body)
    try charge(textBytes: output.count)
    var value = Value.string(output)
    output = outer
    for use in filters { value = try apply(use, to: value) }
    return try text(of: value)
  }

  private func execute(
    _ call: Expression.Call, body: MacroDefinition
  ) throws(TemplateError) {
    let caller = Callable(.macro(body, frame))
    let callee = try evaluate(call.callee)
    var arguments = try evaluate(call.arguments)
    arguments.keyword.append(("caller", .callable(caller)))
    offset = call.offset
    try print(try self.call(callee, arguments))
  }
}

// MARK: - Loops

extension Interpreter {
  private func execute(_ loop: Statement.ForLoop) throws(TemplateError) -> Flow {
    let iterable = try evaluate(loop.iterable)
    return try execute(loop, over: iterable, level: 1)
  }

  private func execute(
    _ loop: Statement.ForLoop, over iterable: Value, level: Int
  ) throws(TemplateError) -> Flow {
    try enter()
    defer { leave() }
    offset = loop.offset
    let items = try filtered(try elements(of: iterable), loop)
    let state = LoopState(items, level: level)
    if loop.isRecursive { state.recursion = (loop, frame) }
    defer { state.recursion = nil }
    for (index, item) in items.enumerated() {
      try charge(1)
      reset(loop.block)
      state.index = index
      frame[loop.loopSlot] = .loop(state)
      try assign(item, to: loop.target)
      if try execute(loop.block.body) == .breakLoop { break }
    }
    guard items.isEmpty else { return .onward }
    reset(loop.otherwise)
    return try execute(loop.otherwise.body)
  }

  /// Goes through an iterable with the body of a recursive loop, and returns what that prints.
  func recurse(into state: LoopState, _ arguments: Arguments) throws(TemplateError) -> Text {
    guard let (loop, inner) = state.recursion else {
      throw failure(
        "The loop must have the 'recursive' marker to be called recursively.")
    }
    guard let iterable = arguments.positional.first, arguments.positional.count == 1,
      arguments.keyword.isEmpty
    else {
      throw failure("loop() takes 1 positional argument")
    }
    let outer = (frame: frame, output: output)
    // The variables of the loop are those of all its levels.
    let saved = inner.snapshot
    frame = inner
    output = Text()
    _ = try execute(loop, over: iterable, level: state.level + 1)
    let result = output
    inner.restore(saved)
    (frame, output) = outer
    return result
  }

  /// The items for which the loop's condition holds.
  private func filtered(
    _ items: [Value], _ loop: Statement.ForLoop
  ) throws(TemplateError) -> [Value] {
    guard let condition = loop.condition else { return items }
    var result: [Value] = []
    for item in items {
      reset(loop.block)
      try assign(item, to: loop.target)
      if try evaluate(condition).isTrue { result.append(item) }
    }
    return result
  }

  /// The elements that a loop over `value` goes through.
  func elements(of value: Value) throws(TemplateError) -> [Value] {
    let elements: [Value]
    switch value {
    case .undefined: return []
    case .list(let list), .tuple(let list): return list.elements
    case .dictionary(let dictionary): return dictionary.keys
    case .string(let text):
      try charge(objects: text.count)
      return text.plain.characters.map { .string($0) }
    case .view(let view):
      try charge(objects: view.dictionary.count)
      elements = view.elements
    case .range(let range): elements = range.elements
    case .iterator(let iterator): elements = try iterator.takeAll()
    case .loop(let loop): elements = loop.items
    case .none, .boolean, .integer, .largeInteger, .float, .namespace, .callable:
      throw failure("'\(value.typeName)' object is not iterable")
    }
    try charge(elements.count)
    return elements
  }
}

// MARK: - Assignment

extension Interpreter {
  func assign(_ value: Value, to target: Target) throws(TemplateError) {
    switch target {
    case .variable(let slot): frame[slot] = value
    case .attribute(let reference, let name, let offset):
      try assign(value, toAttribute: name, of: reference, at: offset)
    case .tuple(let targets, let offset):
      self.offset = offset
      guard value.isIterable else {
        throw failure("cannot unpack non-iterable \(value.typeName) object")
      }
      let elements = try elements(of: value)
      guard elements.count <= targets.count else {
        throw failure("too many values to unpack (expected \(targets.count))")
      }
      guard elements.count == targets.count else {
        throw failure(
          "not enough values to unpack (expected \(targets.count), got \(elements.count))")
      }
      for (target, element) in zip(targets, elements) { try assign(element, to: target) }
    }
  }

  private func assign(
    _ value: Value, toAttribute name: ByteString, of reference: VariableReference, at place: Int
  ) throws(TemplateError) {
    offset = place
    guard case .namespace(let namespace) = self.value(of: reference) else {
      throw failure("cannot assign attribute on non-namespace object")
    }
    try checkNamespaceName(name)
    try charge(namespace.names.count >> 4)
    namespace[name] = value
  }

  /// Throws if `name` cannot be an attribute of a namespace.
  func checkNamespaceName(_ name: ByteString) throws(TemplateError) {
    guard name.bytes.first != UInt8(ascii: "_") else {
      throw failure(
        "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
          + "'\(name)'. Please rename the attribute.")
    }
  }
}
