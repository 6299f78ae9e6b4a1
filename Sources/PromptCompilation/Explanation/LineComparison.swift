/// The lines of two texts side by side, those that are the same beside each other.
///
/// Lines that both begin and end with are put together first; between them stands a longest common
/// subsequence (the table of Wagner and Fischer), or, where that would take too much memory, line beside line.
public struct LineComparison: Sendable {
  /// A row: a line of each text, or of one of them.
  public struct Row: Hashable, Sendable {
    /// The line of the first text, from 0; nil if it has none here.
    public let first: Int?
    /// The line of the second text, from 0; nil if it has none here.
    public let second: Int?
    /// Whether the two lines are the same.
    public let isSame: Bool
  }

  /// The lines of the first text, each with its newline.
  public let first: [ArraySlice<UInt8>]
  /// The lines of the second text.
  public let second: [ArraySlice<UInt8>]
  /// The rows.
  public private(set) var rows: [Row] = []

  /// The most cells of the table.
  private static let tableLimit = 1 << 22

  /// Compares two texts.
  ///
  /// - Complexity: linear, and quadratic in the lines between the common beginning and the common end.
  public init(_ first: [UInt8], _ second: [UInt8]) {
    self.first = Self.lines(first)
    self.second = Self.lines(second)
    let limit = min(self.first.count, self.second.count)
    let start = zip(self.first, self.second).prefix { $0 == $1 }.count
    let end = zip(self.first.reversed(), self.second.reversed()).prefix { $0 == $1 }
      .prefix(limit - start).count
    rows += (0..<start).map { Row(first: $0, second: $0, isSame: true) }
    compare(start..<(self.first.count - end), start..<(self.second.count - end))
    rows += (0..<end).map {
      Row(
        first: self.first.count - end + $0, second: self.second.count - end + $0, isSame: true)
    }
  }

  private mutating func compare(_ left: Range<Int>, _ right: Range<Int>) {
    guard left.count * right.count <= Self.tableLimit else {
      pair(left, right)
      return
    }
    let width = right.count + 1
    var lengths = [Int32](repeating: 0, count: (left.count + 1) * width)
    for i in left.indices.reversed() {
      let row = (i - left.lowerBound) * width
      for j in right.indices.reversed() {
        let cell = row + j - right.lowerBound
        lengths[cell] =
          first[i] == second[j]
          ? lengths[cell + width + 1] + 1 : max(lengths[cell + width], lengths[cell + 1])
      }
    }
    var (i, j) = (left.lowerBound, right.lowerBound)
    var pending = (i, j)
    while i < left.upperBound, j < right.upperBound {
      let cell = (i - left.lowerBound) * width + j - right.lowerBound
      if first[i] == second[j] {
        pair(pending.0..<i, pending.1..<j)
        rows.append(Row(first: i, second: j, isSame: true))
        (i, j) = (i + 1, j + 1)
        pending = (i, j)
      } else if lengths[cell + width] >= lengths[cell + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    pair(pending.0..<left.upperBound, pending.1..<right.upperBound)
  }

  /// Puts lines that differ beside each other.
  private mutating func pair(_ left: Range<Int>, _ right: Range<Int>) {
    for step in 0..<max(left.count, right.count) {
      let (i, j) = (left.lowerBound + step, right.lowerBound + step)
      rows.append(
        Row(
          first: i < left.upperBound ? i : nil, second: j < right.upperBound ? j : nil,
          isSame: false))
    }
  }

  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }
}
