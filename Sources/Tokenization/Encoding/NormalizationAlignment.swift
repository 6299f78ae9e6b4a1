internal import Bytes
internal import TextProcessing

/// Where the parts of a text stand in its NFC form, for text that normalisation changes.
struct NormalizationAlignment {
  /// The ends of the parts that are normalised each by itself, in both texts, and how many bytes of
  /// whole characters at the beginning of the part stay as they are.
  private var parts: [(original: Int, normalized: Int, unchanged: Int)] = [(0, 0, 0)]

  /// Aligns `text` with its NFC form by the tables of Unicode 9.
  init(_ text: UnsafeRawBufferPointer) throws(NormalizationError) {
    var start = 0
    var offset = 0
    var decoder = UTF8()
    var iterator = text.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      if offset > start, Normalizer.hasBoundary(before: scalar) {
        try append(text, from: start, to: offset)
        start = offset
      }
      offset += UTF8.width(scalar)
    }
    try append(text, from: start, to: text.count)
  }

  private mutating func append(
    _ text: UnsafeRawBufferPointer, from start: Int, to end: Int
  ) throws(NormalizationError) {
    guard end > start, let last = parts.last else { return }
    let part = UnsafeRawBufferPointer(rebasing: text[start..<end])
    let normalized = try Normalizer.normalized(part, tables: .unicode9)
    parts.append(
      (
        end, last.normalized + (normalized?.count ?? part.count),
        normalized.map { Self.lengthInCommon(part, $0) } ?? part.count
      ))
  }

  /// The length of the characters that both texts begin with.
  private static func lengthInCommon(
    _ text: UnsafeRawBufferPointer, _ normalized: [UInt8]
  ) -> Int {
    var length = zip(text, normalized).prefix { $0 == $1 }.count
    while length > 0, length < text.count, text[length] & 0xC0 == 0x80 { length -= 1 }
    return length
  }

  /// The offset in the text that corresponds to `offset` in its NFC form: exact at the ends of parts
  /// and as far as a part is its own NFC form, the end of the part behind that.
  func offset(ofNormalized offset: Int) -> Int {
    var low = 0
    var high = parts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if parts[middle].normalized <= offset { low = middle } else { high = middle - 1 }
    }
    let part = parts[low]
    guard offset > part.normalized, low + 1 < parts.count else { return part.original }
    let next = parts[low + 1]
    let distance = offset - part.normalized
    return distance <= next.unchanged ? part.original + distance : next.original
  }
}
