internal import Bytes

/// A value of a template, with Python's semantics.
enum Value {
  case undefined(Undefined)
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer that does not fit an `Int`.
  case largeInteger(LargeInteger)
  case float(Double)
  case string(Text)
  case list(ValueList)
  case tuple(ValueList)
  case dictionary(ValueDictionary)
  case view(DictionaryView)
  case range(IntegerRange)
  case iterator(ValueIterator)
  case namespace(Namespace)
  case loop(LoopState)
  case callable(Callable)

  /// A string that does not come from the request.
  static func text(_ string: String) -> Value { .string(Text(string)) }
}

/// The elements of a list or a tuple.
class ValueList {
  final let elements: [Value]
  /// One more than that of the deepest element.
  final let depth: Int

  init(_ elements: [Value]) {
    self.elements = elements
    depth = 1 + elements.reduce(0) { max($0, $1.depth) }
  }
}

/// A group that `groupby` makes: a tuple of what its elements have in common and of their list, with
/// the attributes `grouper` and `list`.
final class ValueGroup: ValueList {}

/// What `range` returns.
final class IntegerRange {
  let start: Int
  let end: Int
  let step: Int
  let count: Int

  /// Makes a range of `count` numbers; `end` is only what was asked for.
  init(start: Int, end: Int, step: Int, count: Int) {
    self.start = start
    self.end = end
    self.step = step
    self.count = count
  }

  var elements: [Value] { (0..<count).map { .integer(start + $0 * step) } }
}

/// What `namespace()` makes: the one value that a template can change.
final class Namespace {
  private(set) var names: [ByteString] = []
  private(set) var values: [Value] = []

  subscript(name: ByteString) -> Value? {
    get { names.firstIndex(of: name).map { values[$0] } }
    set {
      guard let newValue else { return }
      if let index = names.firstIndex(of: name) {
        values[index] = newValue
      } else {
        names.append(name)
        values.append(newValue)
      }
    }
  }

  /// Forgets all attributes, so that namespaces that refer to each other can be freed.
  func clear() {
    names = []
    values = []
  }
}

/// The variable `loop` of a `for`.
final class LoopState {
  let items: [Value]
  let depth: Int
  /// How many loops of the same `for` are in progress, if it is recursive.
  let level: Int
  var index = 0
  /// The `for` and its variables, while a recursive loop is in progress.
  var recursion: (loop: Statement.ForLoop, frame: Frame)?
  /// What `loop.changed` was last called with.
  var lastChanged: [Value]?

  init(_ items: [Value], level: Int = 1) {
    self.items = items
    self.level = level
    depth = 1 + items.reduce(0) { max($0, $1.depth) }
  }
}

extension Value {
  /// How deep containers are nested in this value.
  var depth: Int {
    switch self {
    case .list(let list), .tuple(let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    case .view(let view): view.dictionary.depth + 1
    case .iterator(let iterator): iterator.depth
    case .loop(let loop): loop.depth
    case .callable(let callable): callable.depth
    default: 0
    }
  }

  /// Python's name for the type of the value.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .boolean: "bool"
    case .integer, .largeInteger: "int"
    case .float: "float"
    case .string(let text): text.isMarkup ? "Markup" : "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .view(let view): view.typeName
    case .range: "range"
    case .iterator(let iterator): iterator.typeName
    case .namespace: "Namespace"
    case .loop: "LoopContext"
    case .callable(let callable): callable.typeName
    }
  }

  /// How jinja2 names the value in messages about what it lacks: `dict object`, `None`.
  var objectName: String {
    switch self {
    case .none: "None"
    case .namespace, .loop: "jinja2.runtime.\(typeName) object"
    default: "\(typeName) object"
    }
  }

  /// Whether a loop can go through the value.
  var isIterable: Bool {
    switch self {
    case .none, .boolean, .integer, .largeInteger, .float, .namespace, .callable: false
    default: true
    }
  }

  /// Whether the value counts as true.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .boolean(let value): value
    case .integer(let value): value != 0
    case .float(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let list), .tuple(let list): !list.elements.isEmpty
    case .dictionary(let dictionary): dictionary.count > 0
    case .view(let view): view.dictionary.count > 0
    case .range(let range): range.count > 0
    case .loop(let loop): !loop.items.isEmpty
    case .largeInteger, .iterator, .namespace, .callable: true
    }
  }
}
