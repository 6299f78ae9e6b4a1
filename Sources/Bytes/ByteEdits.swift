/// Other bytes for some stretches of a text; every other byte stays.
public struct ByteEdits: Sendable {
  private var edits: [(range: ByteRange, bytes: [UInt8])] = []

  /// Makes none.
  public init() {}

  /// Puts bytes in place of a stretch. Stretches must not overlap; at one place what was put in first stands
  /// first.
  public mutating func replace(_ range: ByteRange, by bytes: [UInt8]) {
    edits.append((range, bytes))
  }

  /// Returns the text with what was put in place.
  ///
  /// - Complexity: linear in the text, besides sorting the stretches.
  public func applied(to source: [UInt8]) -> [UInt8] {
    guard !edits.isEmpty else { return source }
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var offset = 0
    let order = edits.indices.sorted { (edits[$0].range.start, $0) < (edits[$1].range.start, $1) }
    for place in order {
      let (range, bytes) = edits[place]
      result += source[offset..<range.start]
      result += bytes
      offset = range.end
    }
    return result + source[offset...]
  }
}
