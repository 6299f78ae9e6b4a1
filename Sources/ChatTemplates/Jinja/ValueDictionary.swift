internal import Bytes

/// A dictionary in insertion order.
final class ValueDictionary {
  let keys: [Value]
  let values: [Value]
  /// One more than that of the deepest key or value.
  let depth: Int
  /// Where each key stands; only for dictionaries that are too large to search through.
  private let index: [DictionaryKey: Int]?

  /// The size from which on an index is worth its cost.
  private static let indexedCount = 12

  /// Makes a dictionary of entries whose keys can be keys; of equal keys, the first stays in its
  /// place and gets the last one's value.
  init(_ entries: [(key: Value, value: Value)]) {
    var keys: [Value] = []
    var values: [Value] = []
    var index: [DictionaryKey: Int] = [:]
    let isIndexed = entries.count > Self.indexedCount
    keys.reserveCapacity(entries.count)
    values.reserveCapacity(entries.count)
    for (key, value) in entries {
      let known =
        isIndexed
        ? DictionaryKey(key).flatMap { index[$0] } : Self.place(of: key, in: keys)
      if let known {
        values[known] = value
      } else {
        if isIndexed, let hashed = DictionaryKey(key) { index[hashed] = keys.count }
        keys.append(key)
        values.append(value)
      }
    }
    self.keys = keys
    self.values = values
    self.index = isIndexed ? index : nil
    depth = 1 + max(keys.reduce(0) { max($0, $1.depth) }, values.reduce(0) { max($0, $1.depth) })
  }

  var count: Int { keys.count }

  /// The value of the string `key`.
  subscript(key: ByteString) -> Value? {
    if let index { return index[.text(key.bytes)].map { values[$0] } }
    for (place, candidate) in keys.enumerated() {
      if case .string(let text) = candidate, text.bytes == key.bytes { return values[place] }
    }
    return nil
  }

  /// The value of `key`; nil too if it cannot be a key.
  subscript(key: Value) -> Value? {
    if let index { return DictionaryKey(key).flatMap { index[$0] }.map { values[$0] } }
    return Self.place(of: key, in: keys).map { values[$0] }
  }

  private static func place(of key: Value, in keys: [Value]) -> Int? {
    if case .string(let text) = key {
      return keys.firstIndex {
        if case .string(let other) = $0 { other.bytes == text.bytes } else { false }
      }
    }
    guard let wanted = DictionaryKey(key) else { return nil }
    return keys.firstIndex { DictionaryKey($0) == wanted }
  }
}

/// A key of a dictionary, equal to those that Python takes for the same: `1`, `1.0` and `True`.
enum DictionaryKey: Hashable {
  case none
  case undefined
  case text([UInt8])
  case integer(Int)
  case largeInteger(LargeInteger)
  case float(Double)
  case tuple([DictionaryKey])
  case identity(ObjectIdentifier)

  private static func number(_ value: Double) -> DictionaryKey {
    if let integer = Int(exactly: value) { return .integer(integer) }
    return value.isFinite && value.rounded() == value
      ? .largeInteger(LargeInteger(value)) : .float(value)
  }

  /// Fails for values that cannot be keys, such as lists.
  init?(_ value: Value) {
    switch value {
    case .none: self = .none
    case .undefined: self = .undefined
    case .string(let text): self = .text(text.bytes)
    case .boolean(let value): self = .integer(value ? 1 : 0)
    case .integer(let value): self = .integer(value)
    case .largeInteger(let value): self = .largeInteger(value)
    case .float(let value): self = Self.number(value)
    case .tuple(let list):
      var keys: [DictionaryKey] = []
      for element in list.elements {
        guard let key = DictionaryKey(element) else { return nil }
        keys.append(key)
      }
      self = .tuple(keys)
    case .namespace(let namespace): self = .identity(ObjectIdentifier(namespace))
    case .callable(let callable): self = .identity(ObjectIdentifier(callable))
    case .range(let range): self = .identity(ObjectIdentifier(range))
    case .iterator(let iterator): self = .identity(ObjectIdentifier(iterator))
    case .loop(let loop): self = .identity(ObjectIdentifier(loop))
    case .list, .dictionary, .view: return nil
    }
  }
}

/// What `keys()`, `values()` and `items()` return.
final class DictionaryView {
  enum Kind {
    case keys
    case values
    case items
  }

  let kind: Kind
  let dictionary: ValueDictionary

  init(_ kind: Kind, of dictionary: ValueDictionary) {
    self.kind = kind
    self.dictionary = dictionary
  }

  var typeName: String {
    switch kind {
    case .keys: "dict_keys"
    case .values: "dict_values"
    case .items: "dict_items"
    }
  }

  var elements: [Value] {
    switch kind {
    case .keys: dictionary.keys
    case .values: dictionary.values
    case .items: zip(dictionary.keys, dictionary.values).map { .tuple(ValueList([$0, $1])) }
    }
  }
}
