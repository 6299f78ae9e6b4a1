internal import Bytes

/// The places of a text where a reference might begin.
///
/// In a text of the user's each such place gets a backslash behind its first character, and one more where
/// it has some already, so that what has none is a reference of ours; `unescaped` takes one away.
struct ReferenceMarks: Hashable, Sendable {
  private let first: UInt8
  private let rest: [UInt8]

  init(_ wording: ReferenceWording) {
    first = wording.opening.first ?? 0
    rest = Array(wording.opening.dropFirst())
  }

  /// Returns `text` with each mark escaped, and where in the result backslashes were put in.
  func escaped(_ text: [UInt8]) -> (text: [UInt8], insertions: [Int]) {
    let marks = places(in: text, from: 0)
    guard !marks.isEmpty else { return (text, []) }
    var result: [UInt8] = []
    result.reserveCapacity(text.count + marks.count)
    var insertions: [Int] = []
    var start = 0
    for mark in marks {
      result += text[start...mark.start]
      insertions.append(result.count)
      result.append(UInt8(ascii: "\\"))
      start = mark.start + 1
    }
    return (result + text[start...], insertions)
  }

  /// Returns `text` with one backslash less at each mark that has some.
  func unescaped(_ text: [UInt8]) -> [UInt8] {
    let marks = places(in: text, from: 0).filter { $0.escapes > 0 }
    guard !marks.isEmpty else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var start = 0
    for mark in marks {
      result += text[start...mark.start]
      start = mark.start + 2
    }
    return result + text[start...]
  }

  /// Returns where the first mark without a backslash at or after `offset` begins, or nil.
  func firstReference(in text: UnsafeRawBufferPointer, from offset: Int) -> Int? {
    var offset = offset
    while let mark = nextMark(in: text, from: offset) {
      if mark.escapes == 0 { return mark.start }
      offset = mark.end
    }
    return nil
  }

  private struct Mark {
    var start: Int
    var end: Int
    var escapes: Int
  }

  private func places(in text: [UInt8], from offset: Int) -> [Mark] {
    text.withUnsafeBytes { text in
      var marks: [Mark] = []
      var offset = offset
      while let mark = nextMark(in: text, from: offset) {
        marks.append(mark)
        offset = mark.end
      }
      return marks
    }
  }

  private func nextMark(in text: UnsafeRawBufferPointer, from offset: Int) -> Mark? {
    var search = offset
    while let place = ByteSearch.first(rest, in: text, from: search) {
      var start = place - 1
      while start >= offset, text[start] == UInt8(ascii: "\\") { start -= 1 }
      if start >= offset, text[start] == first {
        return Mark(start: start, end: place + rest.count, escapes: place - 1 - start)
      }
      search = place + 1
    }
    return nil
  }
}
