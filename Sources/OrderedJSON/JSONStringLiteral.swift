public import Bytes

/// A string as it is spelled in a JSON text, found by where it begins.
///
/// `JSONNode.offset` of a string is where its literal begins:
/// ```swift
/// let literal = JSONStringLiteral(at: node.offset, in: source)
/// ```
public struct JSONStringLiteral: Hashable, Sendable {
  /// Where it stands, with its quotes, in bytes.
  public let range: ByteRange
  /// Whether something in it is spelled with a backslash.
  public let hasEscapes: Bool

  /// Finds the end of the literal whose opening quote stands at `offset` of a text that was parsed; nil if
  /// there is none.
  ///
  /// - Complexity: linear in the literal.
  public init?(at offset: Int, in source: [UInt8]) {
    guard source.indices.contains(offset), source[offset] == UInt8(ascii: "\"") else { return nil }
    let found = source.withRawBytes { bytes -> (end: Int, hasEscapes: Bool)? in
      var place = offset + 1
      var hasEscapes = false
      while place < bytes.count {
        switch bytes[place] {
        case UInt8(ascii: "\""): return (place + 1, hasEscapes)
        case UInt8(ascii: "\\"):
          hasEscapes = true
          place += 2
        default: place += 1
        }
      }
      return nil
    }
    guard let found else { return nil }
    range = ByteRange(offset, found.end)
    hasEscapes = found.hasEscapes
  }
}
