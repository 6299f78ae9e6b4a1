public import Bytes

extension JSONNode {
  /// The text of a string; nil for another kind of value.
  public var string: ByteString? {
    if case .string(let text) = value { text } else { nil }
  }

  /// The truth value; nil for another kind of value.
  public var bool: Bool? {
    if case .bool(let value) = value { value } else { nil }
  }

  /// The elements of an array; nil for another kind of value.
  public var elements: [JSONNode]? {
    if case .array(let elements) = value { elements } else { nil }
  }

  /// The members of an object in their order; nil for another kind of value.
  public var members: [JSONMember]? {
    if case .object(let members) = value { members } else { nil }
  }

  /// Whether the value is `null`.
  public var isNull: Bool {
    if case .null = value { true } else { false }
  }
}
