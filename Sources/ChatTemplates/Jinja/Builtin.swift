internal import Bytes

/// Something that can be called and is built in: a filter, a test, a method or a global function.
struct Builtin: Sendable {
  /// What is done: the interpreter, the value that it is applied to, the arguments.
  typealias Body = @Sendable (Interpreter, Value, BoundArguments) throws(TemplateError) -> Value

  let name: ByteString
  /// The names of the parameters; each can be given by position or by name.
  let parameters: [ByteString]
  /// How many of them must be given.
  let required: Int
  /// Whether the body takes whatever arguments there are.
  let isVariadic: Bool
  /// Whether arguments can be given by the parameters' names.
  private(set) var takesNames = true
  let body: Body

  init(_ name: ByteString, _ body: @escaping Body) {
    self.init(name, [], body)
  }

  init(
    _ name: ByteString, _ parameters: [ByteString], required: Int = 0, _ body: @escaping Body
  ) {
    self.name = name
    self.parameters = parameters
    self.required = required
    self.isVariadic = false
    self.body = body
  }

  init(variadic name: ByteString, _ body: @escaping Body) {
    self.name = name
    self.parameters = []
    self.required = 0
    self.isVariadic = true
    self.body = body
  }

  /// The builtin with arguments by position only, as most of Python's methods.
  var byPosition: Builtin {
    var result = self
    result.takesNames = false
    return result
  }

  /// A table of builtins by their names.
  static func table(_ groups: [Builtin]...) -> [ByteString: Builtin] {
    var table: [ByteString: Builtin] = [:]
    for group in groups {
      for builtin in group { table[builtin.name] = builtin }
    }
    return table
  }
}

/// Evaluated arguments.
struct Arguments {
  var positional: [Value] = []
  var keyword: [(name: ByteString, value: Value)] = []

  /// Takes out the keyword argument `name`.
  mutating func take(_ name: ByteString) -> Value? {
    guard let index = keyword.firstIndex(where: { $0.name == name }) else { return nil }
    return keyword.remove(at: index).value
  }
}

/// Arguments in the order of a builtin's parameters.
struct BoundArguments {
  /// The arguments as they were given.
  var given = Arguments()
  fileprivate var values: [Value?] = []

  init(_ given: Arguments) {
    self.given = given
  }

  /// Makes arguments in the order of the parameters.
  init(_ values: Value?...) {
    self.values = values
  }

  /// The argument for parameter number `index`; nil if it was not given.
  subscript(index: Int) -> Value? {
    index < values.count ? values[index] : nil
  }
}

extension Interpreter {
  /// Applies a builtin to `subject`.
  func apply(
    _ builtin: Builtin, to subject: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    try builtin.body(self, subject, bind(arguments, to: builtin))
  }

  private func bind(
    _ arguments: Arguments, to builtin: Builtin
  ) throws(TemplateError) -> BoundArguments {
    var bound = BoundArguments(arguments)
    if builtin.isVariadic || arguments.isEmpty && builtin.required == 0 { return bound }
    guard arguments.positional.count <= builtin.parameters.count else {
      throw failure(
        "\(builtin.name)() takes at most \(builtin.parameters.count) argument(s)"
          + " (\(arguments.positional.count) given)")
    }
    guard builtin.takesNames || arguments.keyword.isEmpty else {
      throw failure("\(builtin.name)() takes no keyword arguments")
    }
    bound.values = arguments.positional.map { $0 }
    let missing = builtin.parameters.count - bound.values.count
    bound.values += Array(repeating: nil, count: missing)
    for (name, value) in arguments.keyword {
      guard let index = builtin.parameters.firstIndex(of: name) else {
        throw failure("\(builtin.name)() got an unexpected keyword argument '\(name)'")
      }
      guard bound.values[index] == nil else {
        throw failure("\(builtin.name)() got multiple values for argument '\(name)'")
      }
      bound.values[index] = value
    }
    for index in 0..<builtin.required where bound.values[index] == nil {
      throw failure(
        "\(builtin.name)() missing required argument '\(builtin.parameters[index])'")
    }
    return bound
  }
}

extension Arguments {
  var isEmpty: Bool { positional.isEmpty && keyword.isEmpty }
}
