internal import Bytes

/// Short digests of the lines of a text, by which it can be said in which line two texts begin to differ
/// when only one of them is there.
struct LineDigests: Hashable, Sendable {
  /// The first 32 bits of the SHA-256 of each line with its newline.
  var values: [UInt32]

  init(values: [UInt32]) {
    self.values = values
  }

  /// - Complexity: linear.
  init(of text: some Collection<UInt8>) {
    values = Self.lines(of: text).map { line in
      Digest(of: Array(line)).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  /// The number from 0 of the first line that is not the same; nil if all are.
  func firstDifference(from other: LineDigests) -> Int? {
    let shared = zip(values, other.values).prefix { $0 == $1 }.count
    return shared == values.count && shared == other.values.count ? nil : shared
  }

  /// The lines of a text, each with its newline.
  static func lines<Text: Collection<UInt8>>(of text: Text) -> [Text.SubSequence] {
    var lines: [Text.SubSequence] = []
    var start = text.startIndex
    while start < text.endIndex {
      let newline = text[start...].firstIndex(of: UInt8(ascii: "\n"))
      let end = newline.map { text.index(after: $0) } ?? text.endIndex
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }
}
