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

  /// Where in the source some bytes of the string begin that the literal spells; the closing quote for its
  /// end. An escape is one place, and half of a character stands for U+FFFD (`JSONParser.LoneSurrogates.replaced`).
  ///
  /// - Parameters:
  ///   - indices: the bytes of the string, ascending.
  ///   - source: the text that the literal was found in.
  /// - Complexity: linear in the literal and the number of bytes.
  public func offsets(ofBytes indices: [Int], in source: [UInt8]) -> [Int] {
    guard hasEscapes else { return indices.map { min(range.start + 1 + $0, range.end - 1) } }
    var offsets: [Int] = []
    offsets.reserveCapacity(indices.count)
    var place = range.start + 1
    var count = 0
    var isSecondHalf = false
    while offsets.count < indices.count, place < range.end - 1 {
      let isEscape = source[place] == UInt8(ascii: "\\")
      let isLong = isEscape && place + 1 < range.end && source[place + 1] == UInt8(ascii: "u")
      let code = isLong ? escapedUnit(at: place, in: source) ?? 0 : 0
      let isFirstHalf =
        (0xD800..<0xDC00).contains(code)
        && (0xDC00..<0xE000).contains(escapedUnit(at: place + 6, in: source) ?? 0)
      let width = !isLong ? 1 : isFirstHalf || isSecondHalf ? 2 : Self.width(of: code)
      isSecondHalf = isFirstHalf
      while offsets.count < indices.count, indices[offsets.count] < count + width {
        offsets.append(place)
      }
      count += width
      place += isLong ? 6 : isEscape ? 2 : 1
    }
    return offsets + repeatElement(range.end - 1, count: indices.count - offsets.count)
  }

  /// The UTF-16 that an escape of four digits spells; nil if none stands there.
  private func escapedUnit(at place: Int, in source: [UInt8]) -> UInt32? {
    guard place + 6 < range.end, source[place] == UInt8(ascii: "\\"),
      source[place + 1] == UInt8(ascii: "u")
    else { return nil }
    return UInt32(String(decoding: source[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
  }

  /// The bytes of UTF-8 that a unit of UTF-16 makes which is no half of a pair.
  private static func width(of unit: UInt32) -> Int {
    switch unit {
    case 0..<0x80: 1
    case 0x80..<0x800: 2
    default: 3
    }
  }
}
