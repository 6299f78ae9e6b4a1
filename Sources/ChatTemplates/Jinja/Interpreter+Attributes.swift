internal import Bytes

// Attributes (`x.y`), items (`x[y]`) and slices (`x[a:b:c]`).
extension Interpreter {
  /// The attribute of `value`: a method first, then an item.
  func attribute(
    _ use: Expression.AttributeUse, of value: Value
  ) throws(TemplateError) -> Value {
    offset = use.offset
    if let methods = use.methods {
      if let method = methods.method(of: value) {
        return .callable(Callable(.method(method, value)))
      }
      if methods.isUnsafe(on: value) {
        return .undefined(Undefined(unsafe: use.name, of: value.typeName))
      }
    }
    switch value {
    case .dictionary(let dictionary):
      return dictionary[use.name] ?? missing(use.name, of: value)
    case .namespace(let namespace):
      try charge(namespace.names.count >> 4)
      return namespace[use.name] ?? missing(use.name, of: value)
    case .loop(let loop): return loop.attribute(use.name) ?? missing(use.name, of: value)
    case .undefined(let undefined): throw failure(undefined.message)
    case .tuple(let list): return group(list, use.name) ?? missing(use.name, of: value)
    case .callable(let callable):
      return callable.attribute(use.name) ?? missing(use.name, of: value)
    default: return missing(use.name, of: value)
    }
  }

  /// An attribute of what `groupby` makes; nil for other tuples and names.
  private func group(_ list: ValueList, _ name: ByteString) -> Value? {
    guard list is ValueGroup else { return nil }
    return name == "grouper" ? list.elements.first : name == "list" ? list.elements.last : nil
  }

  private func missing(_ name: ByteString, of value: Value) -> Value {
    if name.bytes.starts(with: [UInt8(ascii: "_"), UInt8(ascii: "_")]) {
      return .undefined(Undefined(unsafe: name, of: value.typeName))
    }
    return .undefined(Undefined(attribute: name, of: value.objectName))
  }

  /// The attribute that has a name only when the template runs; `|attr` and `x['y']` look so.
  func attribute(named name: ByteString, of value: Value) throws(TemplateError) -> Value {
    let use = Expression.AttributeUse(
      name: name, methods: MethodFamily.named(name), offset: offset)
    return try attribute(use, of: value)
  }

  /// The item of `value`: an element first, then an attribute.
  func item(_ key: Value, of value: Value) throws(TemplateError) -> Value {
    switch value {
    case .undefined(let undefined): throw failure(undefined.message)
    case .dictionary(let dictionary):
      if case .string(let name) = key {
        try charge(name.count >> 4)
        if let found = dictionary[ByteString(name.bytes)] { return found }
      } else if DictionaryKey.isPossible(key), let found = dictionary[key] {
        return found
      }
    case .list(let list), .tuple(let list):
      if let index = index(key, count: list.elements.count) { return list.elements[index] }
    case .range(let range):
      if let index = index(key, count: range.count) {
        return .integer(range.start + index * range.step)
      }
    case .string(let text):
      try charge(scanning: text)
      if let index = index(key, count: text.characterCount) {
        return .string(text.characters(from: index, to: index + 1))
      }
    default: break
    }
    guard case .string(let name) = key else {
      let message = "\(value.objectName) has no element \(try representation(of: key).string)"
      return .undefined(Undefined(message: message))
    }
    return try attribute(named: ByteString(name.bytes), of: value)
  }

  /// The position that `key` means in a sequence; nil if it means none.
  private func index(_ key: Value, count: Int) -> Int? {
    guard let wanted = key.index else { return nil }
    let index = wanted < 0 ? wanted + count : wanted
    return index >= 0 && index < count ? index : nil
  }
}

extension Value {
  /// The value as a position: integers and booleans only.
  var index: Int? {
    switch self {
    case .integer(let value): value
    case .boolean(let value): value ? 1 : 0
    default: nil
    }
  }
}

extension Value {
  /// The value as a bound of a slice, which can be larger than any position; nil for none.
  fileprivate var bound: Int? {
    guard case .largeInteger(let value) = self else { return index }
    return value.isNegative ? -Int.max : .max
  }
}

extension DictionaryKey {
  /// Whether looking `value` up is quick; tuples, which can be deep, are not looked up.
  static func isPossible(_ value: Value) -> Bool {
    if case .tuple = value { false } else { true }
  }
}

// MARK: - Slices

extension Interpreter {
  func slice(
    of value: Value, from start: Value, to end: Value, step: Value
  ) throws(TemplateError) -> Value {
    if case .undefined(let undefined) = value { throw failure(undefined.message) }
    let count: Int
    switch value {
    case .list(let list), .tuple(let list): count = list.elements.count
    case .string(let text): count = text.characterCount
    case .range(let range): count = range.count
    case .dictionary: throw failure("unhashable type: 'slice'")
    default: throw failure("'\(value.typeName)' object is not subscriptable")
    }
    try charge(count >> 3)
    guard Self.canBound(start), Self.canBound(end), Self.canBound(step) else {
      throw failure("slice indices must be integers or None or have an __index__ method")
    }
    let stride = step.bound ?? 1
    guard stride != 0 else { throw failure("slice step cannot be zero") }
    let first = clamped(start, count, stride, standard: stride > 0 ? 0 : count - 1)
    let last = clamped(end, count, stride, standard: stride > 0 ? count : -1)
    if case .string(let text) = value, stride == 1 {
      return .string(text.characters(from: first, to: last))
    }
    let positions = positions(first, last, stride)
    if case .range(let range) = value {
      return try slice(of: range, from: first, to: last, stride, count: positions.count)
    }
    return try pick(positions, from: value)
  }

  private static func canBound(_ value: Value) -> Bool {
    switch value {
    case .none, .largeInteger: true
    default: value.index != nil
    }
  }

  /// A bound counted from the start and kept in the sequence, as Python's `slice.indices`.
  private func clamped(_ value: Value, _ count: Int, _ stride: Int, standard: Int) -> Int {
    guard let index = value.bound else { return standard }
    let fromStart = index < 0 ? index.addingReportingOverflow(count).partialValue : index
    let lowest = stride > 0 ? 0 : -1
    return min(max(fromStart, lowest), stride > 0 ? count : count - 1)
  }

  private func positions(_ first: Int, _ last: Int, _ stride: Int) -> [Int] {
    Array(Swift.stride(from: first, to: last, by: stride))
  }

  private func slice(
    of range: IntegerRange, from first: Int, to last: Int, _ stride: Int, count: Int
  ) throws(TemplateError) -> Value {
    let step = try exact(range.step.multipliedReportingOverflow(by: stride))
    let start = try exact(
      range.start.addingReportingOverflow(
        try exact(first.multipliedReportingOverflow(by: range.step))))
    let end = try exact(
      range.start.addingReportingOverflow(
        try exact(last.multipliedReportingOverflow(by: range.step))))
    return .range(IntegerRange(start: start, end: end, step: step, count: count))
  }

  private func pick(_ positions: [Int], from value: Value) throws(TemplateError) -> Value {
    switch value {
    case .string(let text):
      try charge(text.count)
      let ranges = text.characterRanges
      var result = Text()
      for position in positions { result.append(text, ranges[position]) }
      result.isMarkup = text.isMarkup
      return .string(result)
    case .tuple(let list): return try tuple(positions.map { list.elements[$0] })
    case .list(let list): return try self.list(positions.map { list.elements[$0] })
    default: return .none
    }
  }
}

// MARK: - loop

extension LoopState {
  /// The attribute of `loop`; nil if there is none of that name.
  func attribute(_ name: ByteString) -> Value? {
    switch name {
    case "index": .integer(index + 1)
    case "index0": .integer(index)
    case "revindex": .integer(items.count - index)
    case "revindex0": .integer(items.count - index - 1)
    case "first": .boolean(index == 0)
    case "last": .boolean(index == items.count - 1)
    case "length": .integer(items.count)
    case "depth": .integer(level)
    case "depth0": .integer(level - 1)
    case "previtem":
      index > 0
        ? items[index - 1] : .undefined(Undefined(message: "there is no previous item"))
    case "nextitem":
      index + 1 < items.count
        ? items[index + 1] : .undefined(Undefined(message: "there is no next item"))
    default: nil
    }
  }
}
