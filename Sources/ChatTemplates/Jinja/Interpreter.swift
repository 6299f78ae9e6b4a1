internal import Bytes

/// Renders one syntax tree once.
///
/// The other files named `Interpreter+...` execute statements and evaluate expressions; those named
/// `Filters+...`, `Methods+...` and `ValueTests` hold what is built in.
final class Interpreter {
  let tree: SyntaxTree
  let limits: RenderLimits
  let clock: TemplateClock
  /// The values of the context by the numbers of their names.
  private(set) var context: [Value?]
  var frame: Frame
  /// What was printed so far by the innermost macro call or block.
  var output = Text()
  /// Where in the template the operation stands that is carried out; errors say so.
  var offset = 0
  private var depth = 0
  private var valueDepth = 0
  private var steps = 0
  /// What may refer to itself and is taken apart at the end.
  private var namespaces: [Namespace] = []
  private var frames: [Frame] = []

  init(
    _ tree: SyntaxTree, context entries: [(name: ByteString, value: Value)],
    requestBytes: Int, clock: TemplateClock, limits: RenderLimits
  ) {
    self.tree = tree
    self.limits = limits.forRequest(bytes: requestBytes)
    self.clock = clock
    frame = Frame(slotCount: tree.slotCount, parent: nil)
    context = tree.globals.map { $0.map { .callable($0.callable) } }
    frames.append(frame)
    // Most templates print each text of the request once, and what they say themselves once or so.
    output.reserveCapacity(requestBytes + tree.source.bytes.count)
    for (name, value) in entries {
      if let number = tree.names.number(of: name) { context[number] = value }
    }
  }

  /// Renders the template and takes the interpreter's values apart.
  func render() throws(TemplateError) -> Text {
    defer {
      for namespace in namespaces { namespace.clear() }
      for frame in frames { frame.clear() }
    }
    _ = try execute(tree.body)
    return output
  }

  /// Notes a namespace, to be cleared at the end.
  func track(_ namespace: Namespace) {
    namespaces.append(namespace)
  }

  /// Notes a frame in which macros are defined, to be cleared at the end.
  func track(_ frame: Frame) {
    frames.append(frame)
  }
}

// MARK: - Errors and limits

extension Interpreter {
  /// The error `message` at the operation that is carried out.
  func failure(_ message: String, kind: TemplateError.Kind = .runtime) -> TemplateError {
    tree.source.error(kind, message, at: offset)
  }

  /// Notes that the evaluation goes one level deeper, and one step further; to be matched by
  /// `leave`.
  func enter() throws(TemplateError) {
    depth += 1
    steps += 1
    guard depth <= limits.depth else {
      throw failure("maximum recursion depth exceeded", kind: .limit)
    }
    guard steps <= limits.steps else { throw tooManySteps }
  }

  func leave() {
    depth -= 1
  }

  /// Notes that an operation goes into an element of a value; to be matched by `leaveValue`.
  ///
  /// Values are no deeper than the limit, but namespaces can hold each other.
  func enterValue() throws(TemplateError) {
    valueDepth += 1
    guard valueDepth <= RenderLimits.valueDepth + 1 else { throw tooDeepValue }
    try charge(1)
  }

  func leaveValue() {
    valueDepth -= 1
  }

  /// Counts the steps of an operation on many elements.
  func charge(_ count: Int) throws(TemplateError) {
    let (sum, overflows) = steps.addingReportingOverflow(max(count, 0))
    steps = sum
    guard !overflows, steps <= limits.steps else { throw tooManySteps }
  }

  /// Counts the steps of making a text of `count` bytes, and checks that it is not too long.
  func charge(textBytes count: Int) throws(TemplateError) {
    try check(textBytes: count)
    try charge(count >> 4 + 1)
  }

  /// Counts the steps of making `count` objects, each of which takes memory of its own.
  func charge(objects count: Int) throws(TemplateError) {
    let (steps, overflows) = count.multipliedReportingOverflow(by: Self.stepsPerObject)
    try charge(overflows ? .max : steps)
  }

  private static let stepsPerObject = 4

  /// Counts the steps of looking at each byte of `text`.
  func charge(scanning text: Text) throws(TemplateError) {
    try charge(text.count >> 4 + 1)
  }

  /// Throws if a text of `count` bytes is too long.
  func check(textBytes count: Int) throws(TemplateError) {
    guard count <= limits.textBytes else {
      throw failure("a text longer than \(limits.textBytes) bytes", kind: .limit)
    }
  }

  private var tooDeepValue: TemplateError {
    failure("values nested more than \(RenderLimits.valueDepth) levels deep", kind: .limit)
  }

  private var tooManySteps: TemplateError {
    failure("the template takes more than \(limits.steps) steps", kind: .limit)
  }

  /// Makes a list, or throws if it is nested too deeply.
  func list(_ elements: [Value]) throws(TemplateError) -> Value {
    try checked(.list(ValueList(elements)), count: elements.count)
  }

  /// Makes a tuple, or throws if it is nested too deeply.
  func tuple(_ elements: [Value]) throws(TemplateError) -> Value {
    try checked(.tuple(ValueList(elements)), count: elements.count)
  }

  /// Makes a dictionary, or throws if a key cannot be one or it is nested too deeply.
  func dictionary(_ entries: [(key: Value, value: Value)]) throws(TemplateError) -> Value {
    try charge(objects: entries.count)
    for entry in entries { try checkKey(entry.key) }
    return try checked(.dictionary(ValueDictionary(entries)), count: entries.count)
  }

  /// Counts the elements of a new value and checks how deep it is.
  func checked(_ value: Value, count: Int) throws(TemplateError) -> Value {
    try charge(count)
    guard value.depth <= RenderLimits.valueDepth else { throw tooDeepValue }
    return value
  }

  /// Throws if `key` cannot be a key of a dictionary.
  func checkKey(_ key: Value) throws(TemplateError) {
    switch key {
    case .tuple(let list):
      try charge(1)
      for element in list.elements { try checkKey(element) }
    case .string(let text): try charge(text.count >> 4)
    case .list, .dictionary, .view: throw failure("unhashable type: '\(key.typeName)'")
    default: break
    }
  }
}
