/// A string of bytes, by convention UTF-8, that compares and hashes by its bytes.
///
/// `String` compares by canonical equivalence, so two texts that differ in bytes, and therefore in
/// tokens, can be equal as `String`s. Keys, contents and vocabularies are `ByteString`s for that
/// reason; `String` appears only at the edges.
public struct ByteString: Hashable, Sendable {
  /// The bytes in order.
  public var bytes: [UInt8]

  /// Makes a byte string of `bytes`, which are not checked to be UTF-8.
  public init(_ bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  /// Makes a byte string of a sequence of bytes.
  public init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// Makes a byte string of the UTF-8 form of `string`.
  public init(_ string: String) {
    self.bytes = Array(string.utf8)
  }

  /// The length in bytes.
  public var count: Int { bytes.count }

  /// Whether there are no bytes.
  public var isEmpty: Bool { bytes.isEmpty }

  /// The text, with U+FFFD in place of what is not UTF-8; for messages.
  public var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteString {
  /// Whether the bytes are the same.
  public static func == (left: ByteString, right: ByteString) -> Bool {
    left.bytes.withUnsafeBytes { bytes in
      right.bytes.withUnsafeBytes { ByteEquality.areEqual(bytes, $0) }
    }
  }

  /// Feeds the length and the bytes at once, in place of byte after byte.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(bytes.count)
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension ByteString: ExpressibleByStringLiteral {
  /// Makes a byte string of a literal.
  public init(stringLiteral value: StaticString) {
    self.bytes = value.withUTF8Buffer { Array($0) }
  }
}

extension ByteString: Comparable {
  /// Orders by bytes, which for UTF-8 is the order of the code points.
  public static func < (left: ByteString, right: ByteString) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension ByteString: CustomStringConvertible {
  /// The text, as `string` gives it.
  public var description: String { string }
}
