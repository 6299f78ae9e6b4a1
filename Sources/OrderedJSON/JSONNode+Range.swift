public import Bytes

extension JSONNode {
  /// Where the value is spelled, in bytes; nil if it does not stand in `source`.
  ///
  /// - Parameter source: the text that the value was parsed from.
  /// - Complexity: linear in the last string or number of the value, and in its depth.
  public func range(in source: [UInt8]) -> ByteRange? {
    end(in: source).map { ByteRange(offset, $0) }
  }

  private func end(in source: [UInt8]) -> Int? {
    switch value {
    case .null: return offset + 4
    case .bool(let isTrue): return offset + (isTrue ? 4 : 5)
    case .number(let number): return offset + number.spelling.count
    case .string: return JSONStringLiteral(at: offset, in: source)?.range.end
    case .array(let elements):
      return Self.end(behind: elements.last, openedAt: offset, by: "]", in: source)
    case .object(let members):
      return Self.end(behind: members.last?.node, openedAt: offset, by: "}", in: source)
    }
  }

  /// The end of an array or object whose last value is `last`.
  private static func end(
    behind last: JSONNode?, openedAt offset: Int, by bracket: Unicode.Scalar, in source: [UInt8]
  ) -> Int? {
    guard var place = last.map({ $0.end(in: source) }) ?? offset + 1 else { return nil }
    while place < source.count, source[place] <= 0x20 { place += 1 }
    guard place < source.count, source[place] == UInt8(ascii: bracket) else { return nil }
    return place + 1
  }
}
