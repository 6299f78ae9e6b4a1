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

  var typeName: String {
    switch kind {
    case .macro: "Macro"
    case .function: "function"
    case .method: "builtin_function_or_method"
    case .unsupported(let name): name.string
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

  /// Forgets all variables, so that frames and the macros in them can be freed.
  func clear() {
    slots = []
  }
}
