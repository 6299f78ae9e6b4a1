internal import Bytes

/// An edit that a reference tells: words of the source, and the words in their place.
struct TextEdit: Hashable, Sendable {
  /// The words of the source, verbatim; they are those that come first behind the edit before.
  var old: [UInt8]
  /// The words in their place.
  var new: [UInt8]
}

/// Tells the difference between two texts in edits, and applies them.
enum TextEdits {
  /// The most edits of a reference.
  static let limit = 16
  /// The most words that are quoted on each side of an edit to tell its place.
  private static let contextLimit = 8

  /// Returns `text` with the edits made; nil if the words of one are not there.
  static func apply(_ edits: [TextEdit], to text: UnsafeRawBufferPointer) -> [UInt8]? {
    var result: [UInt8] = []
    var offset = 0
    for edit in edits {
      guard !edit.old.isEmpty, let place = ByteSearch.first(edit.old, in: text, from: offset) else {
        return nil
      }
      result += text[offset..<place]
      result += edit.new
      offset = place + edit.old.count
    }
    result += text[offset...]
    return result
  }

  /// Returns the edits that make `new` of `old`; nil if they are many, or cannot be told on one line.
  ///
  /// - Complexity: linear.
  static func edits(
    from old: UnsafeRawBufferPointer, to new: UnsafeRawBufferPointer
  ) -> [TextEdit]? {
    let difference = WordDifference(from: old, to: new)
    guard let hunks = difference.hunks().map(difference.joined), !hunks.isEmpty,
      hunks.count <= limit
    else { return nil }
    var edits: [TextEdit] = []
    var earliest = 0
    for (place, hunk) in hunks.enumerated() {
      let next =
        place + 1 < hunks.count ? hunks[place + 1].old.lowerBound : difference.oldWords.count
      guard let told = told(hunk, earliest..<next, difference) else { return nil }
      edits.append(told.edit)
      earliest = told.end
    }
    return edits
  }

  /// The edit of a hunk, with so many words around it that its place is clear, and the first word behind it.
  private static func told(
    _ hunk: WordDifference.Hunk, _ bounds: Range<Int>, _ difference: WordDifference
  ) -> (edit: TextEdit, end: Int)? {
    var hunk = hunk
    let searched = difference.oldOffset(of: bounds.lowerBound)
    for step in 0...(2 * contextLimit) {
      if step > 0 { difference.extend(&hunk, isForward: step.isMultiple(of: 2), in: bounds) }
      let (old, new) = difference.bytes(of: hunk)
      guard !old.contains(UInt8(ascii: "\n")), !new.contains(UInt8(ascii: "\n")) else { return nil }
      let start = difference.oldOffset(of: hunk.old.lowerBound)
      guard old.contains(where: { !$0.isWhiteSpace }) else { continue }
      let searchable = UnsafeRawBufferPointer(rebasing: difference.old[..<(start + old.count)])
      if ByteSearch.first(old, in: searchable, from: searched) == start {
        return (TextEdit(old: old, new: new), hunk.old.upperBound)
      }
    }
    return nil
  }
}

extension WordDifference {
  /// Where a word of the old text begins.
  fileprivate func oldOffset(of word: Int) -> Int {
    word < oldWords.count ? oldWords[word].start : old.count
  }

  fileprivate func bytes(of hunk: Hunk) -> (old: [UInt8], new: [UInt8]) {
    let newEnd = hunk.new.upperBound
    let newStart = hunk.new.lowerBound
    func newOffset(_ word: Int) -> Int { word < newWords.count ? newWords[word].start : new.count }
    return (
      Array(old[oldOffset(of: hunk.old.lowerBound)..<oldOffset(of: hunk.old.upperBound)]),
      Array(new[newOffset(newStart)..<newOffset(newEnd)])
    )
  }

  /// Hunks with nothing but a space between them are one.
  fileprivate func joined(_ hunks: [Hunk]) -> [Hunk] {
    var joined: [Hunk] = []
    for hunk in hunks {
      if let last = joined.last, last.old.upperBound + 1 >= hunk.old.lowerBound,
        (last.old.upperBound..<hunk.old.lowerBound).allSatisfy({ isSpace($0) && !isLineBreak($0) })
      {
        joined[joined.count - 1] = Hunk(
          old: last.old.lowerBound..<hunk.old.upperBound,
          new: last.new.lowerBound..<hunk.new.upperBound)
      } else {
        joined.append(hunk)
      }
    }
    return joined
  }

  /// Adds a word at one end of a hunk, and the space between, unless that leaves the bounds or the line.
  fileprivate func extend(_ hunk: inout Hunk, isForward: Bool, in bounds: Range<Int>) {
    var isWord = false
    while !isWord {
      let word = isForward ? hunk.old.upperBound : hunk.old.lowerBound - 1
      guard bounds.contains(word), !isLineBreak(word) else { return }
      if isForward {
        hunk.old = hunk.old.lowerBound..<(word + 1)
        hunk.new = hunk.new.lowerBound..<(hunk.new.upperBound + 1)
      } else {
        hunk.old = word..<hunk.old.upperBound
        hunk.new = (hunk.new.lowerBound - 1)..<hunk.new.upperBound
      }
      isWord = !isSpace(word)
    }
  }

  private func isLineBreak(_ word: Int) -> Bool {
    old[oldWords[word].start] == UInt8(ascii: "\n")
  }

  private func isSpace(_ word: Int) -> Bool { old[oldWords[word].start].isWhiteSpace }
}
