internal import Bytes

/// A value that can be called.
final class Callable {
  enum Kind {
    case macro(MacroDefinition, Frame)
    case function(Builtin)
    case method(Builtin, Value)
    /// A global of jinja2 that is there, but that templates here cannot use.
    case unsupported(ByteString)
  }

  let kind: Kind

  init(_ kind: Kind) {
    self.kind = kind
  }

  var depth: Int {
    if case .method(_, let subject) = kind { subject.depth + 1 } else { 0 }
  }

  /// What macros tell of themselves, and `dict.fromkeys`; nil for other names.
  func attribute(_ name: ByteString) -> Value? {
    switch kind {
    case .macro(let macro, _): macro.attribute(name)
    case .function(let function) where function.name == "dict" && name == "fromkeys":
      .callable(Callable(.function(Methods.fromKeys)))
    default: nil
    }
  }

  var typeName: String {
    switch kind {
    case .macro: "Macro"
    case .function: "function"
    case .method: "builtin_function_or_method"
    case .unsupported(let name): name.string
    }
  }
}

extension MacroDefinition {
  fileprivate func attribute(_ name: ByteString) -> Value? {
    switch name {
    case "name": .string(Text(self.name.bytes))
    case "arguments": .tuple(ValueList(parameters.map { .string(Text($0.name.bytes)) }))
    case "catch_kwargs": .boolean(extraKeywordSlot != nil)
    case "catch_varargs": .boolean(extraPositionalSlot != nil)
    case "caller": .boolean(callerSlot != nil)
    default: nil
    }
  }
}

/// The variables of one call of a macro, or of the template itself.
final class Frame {
  /// The frame in which the macro was defined.
  let parent: Frame?
  private var slots: [Value?]

  init(slotCount: Int, parent: Frame?) {
    slots = Array(repeating: nil, count: slotCount)
    self.parent = parent
  }

  /// The value of a variable; nil if it is not set.
  subscript(slot: Int) -> Value? {
    get { slots[slot] }
    set { slots[slot] = newValue }
  }

  /// The values of all variables.
  var snapshot: [Value?] { slots }

  /// Takes all variables back to what they were.
  func restore(_ snapshot: [Value?]) {
    slots = snapshot
  }

  /// Forgets all variables, so that frames and the macros in them can be freed.
  func clear() {
    slots = []
  }
}
