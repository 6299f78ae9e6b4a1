public import Bytes

/// Where a value ends in a JSON text; a node knows only where it begins.
public enum JSONExtent {
  /// The bytes of the value that begins at `offset` of a text that was parsed; nil if none does.
  ///
  /// - Complexity: linear in the value.
  public static func range(ofValueAt offset: Int, in source: [UInt8]) -> ByteRange? {
    guard source.indices.contains(offset) else { return nil }
    switch source[offset] {
    case UInt8(ascii: "\""): return JSONStringLiteral(at: offset, in: source)?.range
    case UInt8(ascii: "{"), UInt8(ascii: "["): return container(at: offset, in: source)
    default:
      let end = source[offset...].firstIndex { byte in
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
          || byte == UInt8(ascii: "]")
      }
      return ByteRange(offset, end ?? source.count)
    }
  }

  private static func container(at offset: Int, in source: [UInt8]) -> ByteRange? {
    var depth = 0
    var place = offset
    while place < source.count {
      switch source[place] {
      case UInt8(ascii: "\""):
        guard let literal = JSONStringLiteral(at: place, in: source) else { return nil }
        place = literal.range.end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      place += 1
      if depth == 0 { return ByteRange(offset, place) }
    }
    return nil
  }
}
