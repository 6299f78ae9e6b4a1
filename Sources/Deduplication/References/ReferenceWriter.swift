internal import Bytes

/// Writes references that the resolver takes back to the bytes that they stand for.
///
/// What it writes was read and resolved again: a part that no words tell is not referred to.
struct ReferenceWriter: Sendable {
  let wording: ReferenceWording
  /// The texts by name, as whoever reads the reference knows them.
  var names: [ByteString: Int] = [:]
  /// How many bytes may still be searched for first words; the work stays linear in the text.
  var searchBudget = 0

  init(_ wording: ReferenceWording) {
    self.wording = wording
  }

  /// Returns a reference to a whole text; nil if its name cannot be read again.
  func reference(toWhole source: ByteString) -> [UInt8]? {
    written(WrittenReference(source: source, part: nil))
  }

  /// Returns a reference to a text that is otherwise in some words; nil if these cannot be told.
  ///
  /// - Parameters:
  ///   - text: what the reference stands for.
  ///   - shown: what is shown of the source, without references in it.
  /// - Complexity: linear.
  func reference(
    to text: UnsafeRawBufferPointer, nearly shown: UnsafeRawBufferPointer,
    named source: ByteString
  ) -> [UInt8]? {
    guard wording.edits != nil, let edits = TextEdits.edits(from: shown, to: text),
      TextEdits.apply(edits, to: shown)?.elementsEqual(text) == true
    else { return nil }
    return written(WrittenReference(source: source, edits: edits))
  }

  /// Returns a reference to a part of a text, or to the beginning of it where no words tell its end; nil
  /// if the quotations do not tell where it begins.
  ///
  /// - Parameters:
  ///   - part: begins and ends with no white space.
  ///   - text: what is shown of the source.
  /// - Returns: the text of the reference, and what of the part it stands for.
  mutating func reference(
    to part: ByteRange, of text: UnsafeRawBufferPointer, named source: ByteString
  ) -> (bytes: [UInt8], part: ByteRange)? {
    let words = QuotedWords(of: text, in: part)
    guard let first = firstWords(of: part, in: text, words) else { return nil }
    var beginning: (bytes: [UInt8], part: ByteRange)?
    var last: [UInt8] = []
    for length in QuotedWords.lengths {
      let longer = words.last(length)
      guard longer != last else { break }
      last = longer
      let candidate = WrittenReference.Part(first: first, last: last)
      guard let found = resolved(candidate, part, text),
        let bytes = written(WrittenReference(source: source, part: candidate))
      else { continue }
      beginning = (bytes, found)
      if found == part { return beginning }
    }
    let lines = text[part.start..<part.end].count { $0 == UInt8(ascii: "\n") } + 1
    for length in QuotedWords.lengths.prefix(2) where lines > 1 {
      let candidate = WrittenReference.Part(first: first, last: words.last(length), lines: lines)
      if resolved(candidate, part, text) == part,
        let bytes = written(WrittenReference(source: source, part: candidate))
      {
        return (bytes, part)
      }
    }
    return beginning
  }

  /// The fewest words that stand nowhere before the part.
  private mutating func firstWords(
    of part: ByteRange, in text: UnsafeRawBufferPointer, _ words: QuotedWords
  ) -> [UInt8]? {
    var first: [UInt8] = []
    // The words that are tried begin nowhere before it.
    var earliest = 0
    for length in QuotedWords.lengths {
      let longer = words.first(length)
      guard longer != first, searchBudget >= part.start - earliest else { return nil }
      first = longer
      guard let found = ByteSearch.first(first, in: text, from: earliest) else { return nil }
      searchBudget -= found - earliest
      guard found < part.start else { return first }
      if haveEqualQuotations(found, part.start, in: text) { return nil }
      earliest = found
    }
    return nil
  }

  /// Whether what stands at two places is equal for as long as a quotation can be.
  private func haveEqualQuotations(
    _ left: Int, _ right: Int, in text: UnsafeRawBufferPointer
  ) -> Bool {
    guard let base = text.baseAddress, right + QuotedWords.maximumLength <= text.count else {
      return false
    }
    return ByteSearch.areEqual(base + left, base + right, count: QuotedWords.maximumLength)
  }

  /// What a candidate stands for, which begins where `part` does.
  private mutating func resolved(
    _ candidate: WrittenReference.Part, _ part: ByteRange, _ text: UnsafeRawBufferPointer
  ) -> ByteRange? {
    guard searchBudget >= part.count else { return nil }
    // Words that stand only behind the part do not tell its end.
    let shown = UnsafeRawBufferPointer(rebasing: text[..<part.end])
    let found = ReferenceResolver.range(of: candidate, from: part.start, in: shown)
    searchBudget -= found?.count ?? part.count
    return found
  }

  /// The text of a reference, if it reads as what it says.
  private func written(_ reference: WrittenReference) -> [UInt8]? {
    let bytes = wording.written(reference)
    guard bytes.count <= WrittenReference.maximumLength, !bytes.contains(UInt8(ascii: "\n")) else {
      return nil
    }
    let read = bytes.withUnsafeBytes { bytes in
      wording.read(bytes) { $0 == reference.source || names[$0] != nil }
    }
    guard let read, read.reference == reference, read.length == bytes.count else { return nil }
    return bytes
  }
}
