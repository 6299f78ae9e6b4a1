/// A half-open range of UTF-8 bytes.
public struct ByteRange: Hashable, Sendable {
  /// The offset of the first byte.
  public var start: Int
  /// The offset behind the last byte.
  public var end: Int

  /// Makes the range of the bytes from `start` up to, not including, `end`.
  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The length in bytes.
  public var count: Int { end - start }
  /// Whether the range holds no byte.
  public var isEmpty: Bool { end <= start }

  /// Whether the two ranges have a byte in common.
  public func overlaps(_ other: ByteRange) -> Bool {
    start < other.end && other.start < end
  }

  /// The same range, `distance` bytes further on.
  public func shifted(by distance: Int) -> ByteRange {
    ByteRange(start + distance, end + distance)
  }
}

/// A half-open range of token positions in a prompt.
public struct TokenRange: Hashable, Sendable {
  /// The position of the first token.
  public var start: Int
  /// The position behind the last token.
  public var end: Int

  /// Makes the range of the tokens from `start` up to, not including, `end`.
  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The length in tokens.
  public var count: Int { end - start }
}
