public import Bytes

/// A JSON value with the place where it stands in its source.
public struct JSONNode: Sendable {
  /// The value.
  public var value: JSONValue
  /// The byte offset of the value's first byte in the source; 0 for a value made in code.
  public var offset: Int

  /// Makes a node of `value` that stands at byte `offset`.
  public init(_ value: JSONValue, offset: Int = 0) {
    self.value = value
    self.offset = offset
  }

  /// The value of the last member called `key`, or nil if this is no object or has none.
  public subscript(key: ByteString) -> JSONNode? {
    guard case .object(let members) = value else { return nil }
    return members.last { $0.key == key }?.node
  }
}

/// A member of a JSON object.
public struct JSONMember: Sendable {
  /// The name.
  public var key: ByteString
  /// The byte offset of the name's opening quote in the source.
  public var keyOffset: Int
  /// The value.
  public var node: JSONNode

  /// Makes a member.
  public init(_ key: ByteString, _ node: JSONNode, keyOffset: Int = 0) {
    self.key = key
    self.keyOffset = keyOffset
    self.node = node
  }
}

/// A JSON value (RFC 8259) that keeps the order of members and the spelling of numbers.
public indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(ByteString)
  case array([JSONNode])
  case object([JSONMember])

  /// Makes an object of `members` in their order.
  public static func object(_ members: KeyValuePairs<ByteString, JSONValue>) -> JSONValue {
    .object(members.map { JSONMember($0.key, JSONNode($0.value)) })
  }

  /// Makes an array of `values`.
  public static func array(of values: [JSONValue]) -> JSONValue {
    .array(values.map { JSONNode($0) })
  }

  /// Makes an integer.
  public static func integer(_ value: Int) -> JSONValue {
    .number(JSONNumber(spelling: ByteString(String(value))))
  }

  /// The word for this kind of value in messages: `a string`, `an object`, ...
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A number as it was spelled.
public struct JSONNumber: Hashable, Sendable {
  /// The spelling, by the grammar of RFC 8259.
  public var spelling: ByteString

  /// Takes a spelling, which is not checked.
  public init(spelling: ByteString) {
    self.spelling = spelling
  }

  /// Whether it has neither a fraction nor an exponent.
  public var isInteger: Bool {
    !spelling.bytes.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
  }

  /// The value as an `Int`; nil if it is no integer or does not fit.
  public var integer: Int? { isInteger ? Int(spelling.string) : nil }

  /// The nearest `Double`; nil if it is out of range.
  public var double: Double? {
    guard let value = Double(spelling.string), value.isFinite else { return nil }
    return value
  }
}
