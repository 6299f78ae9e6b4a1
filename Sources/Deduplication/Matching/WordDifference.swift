internal import Bytes

/// What has to be replaced in a text to make another of it, in words.
///
/// The algorithm is the greedy one of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations"
/// (1986), which gives up where more than a bounded number of words has to go or to come.
struct WordDifference {
  /// A stretch of the old text and what takes its place, in words.
  struct Hunk: Equatable {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// The most words that go or come.
  static let limit = 96

  let old: UnsafeRawBufferPointer
  let new: UnsafeRawBufferPointer
  let oldWords: [ByteRange]
  let newWords: [ByteRange]

  init(from old: UnsafeRawBufferPointer, to new: UnsafeRawBufferPointer) {
    self.old = old
    self.new = new
    oldWords = Self.words(of: old)
    newWords = Self.words(of: new)
  }

  /// The words of a text and, as words of their own, the runs of white space between them; a character of
  /// a script that has no spaces is a word.
  static func words(of text: UnsafeRawBufferPointer) -> [ByteRange] {
    var words: [ByteRange] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      let isSpace = text[start].isWhiteSpace
      let isIdeograph = text[start] >= 0xE3
      while end < text.count, !isSpace || text[start] != UInt8(ascii: "\n") {
        let byte = text[end]
        if isIdeograph ? byte & 0xC0 != 0x80 : byte.isWhiteSpace != isSpace || byte >= 0xE3 {
          break
        }
        if isSpace, byte == UInt8(ascii: "\n") { break }
        end += 1
      }
      words.append(ByteRange(start, end))
      start = end
    }
    return words
  }

  private func areEqual(_ oldWord: Int, _ newWord: Int) -> Bool {
    let (left, right) = (oldWords[oldWord], newWords[newWord])
    guard left.count == right.count, let old = old.baseAddress, let new = new.baseAddress else {
      return false
    }
    return ByteSearch.areEqual(old + left.start, new + right.start, count: left.count)
  }

  /// What is replaced, in order; nil if it is more than `limit` words.
  ///
  /// - Complexity: linear in the words, times `limit`.
  func hunks() -> [Hunk]? {
    var first = 0
    var (oldEnd, newEnd) = (oldWords.count, newWords.count)
    while first < min(oldEnd, newEnd), areEqual(first, first) { first += 1 }
    while oldEnd > first, newEnd > first, areEqual(oldEnd - 1, newEnd - 1) {
      oldEnd -= 1
      newEnd -= 1
    }
    let (oldCount, newCount) = (oldEnd - first, newEnd - first)
    guard abs(oldCount - newCount) <= Self.limit else { return nil }
    // The furthest old word that so many edits reach, by diagonal; and the same before each further edit.
    var furthest = [Int](repeating: 0, count: 2 * Self.limit + 3)
    var trace: [[Int]] = []
    for count in 0...Self.limit {
      trace.append(furthest)
      for diagonal in stride(from: -count, through: count, by: 2) {
        let isDown = Self.isDown(diagonal, count, furthest)
        var x =
          isDown ? furthest[Self.center + diagonal + 1] : furthest[Self.center + diagonal - 1] + 1
        while x < oldCount, x - diagonal < newCount, areEqual(first + x, first + x - diagonal) {
          x += 1
        }
        furthest[Self.center + diagonal] = x
        if x == oldCount, x - diagonal == newCount {
          return Self.hunks(trace, to: (oldCount, newCount), shiftedBy: first)
        }
      }
    }
    return nil
  }

  private static let center = limit + 1

  /// Whether the furthest path to a diagonal comes from an insertion.
  private static func isDown(_ diagonal: Int, _ count: Int, _ furthest: [Int]) -> Bool {
    diagonal == -count
      || diagonal != count && furthest[center + diagonal - 1] < furthest[center + diagonal + 1]
  }

  /// Follows the path back from its end.
  private static func hunks(
    _ trace: [[Int]], to end: (old: Int, new: Int), shiftedBy first: Int
  ) -> [Hunk]? {
    var hunks: [Hunk] = []
    var (x, y) = end
    for count in stride(from: trace.count - 1, to: 0, by: -1) {
      let diagonal = x - y
      let isDown = isDown(diagonal, count, trace[count])
      let before = isDown ? diagonal + 1 : diagonal - 1
      x = trace[count][center + before]
      y = x - before
      guard x >= 0, y >= 0, x <= end.old, y <= end.new else { return nil }
      let (oldEnd, newEnd) = (first + (isDown ? x : x + 1), first + (isDown ? y + 1 : y))
      if let last = hunks.last, last.old.lowerBound == oldEnd, last.new.lowerBound == newEnd {
        hunks[hunks.count - 1] = Hunk(
          old: (first + x)..<last.old.upperBound, new: (first + y)..<last.new.upperBound)
      } else {
        hunks.append(Hunk(old: (first + x)..<oldEnd, new: (first + y)..<newEnd))
      }
    }
    return hunks.reversed()
  }
}
