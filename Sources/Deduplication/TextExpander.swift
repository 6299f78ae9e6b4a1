public import Bytes

/// Undoes what `TextFolder` did: given the texts that are shown, in the same order and with the same
/// names, gives back what they stand for.
public struct TextExpander: Sendable {
  private let wording: ReferenceWording
  private let marks: ReferenceMarks
  private var names: [ByteString: Int] = [:]
  /// What is shown of each text.
  private var shown: [[UInt8]] = []
  /// What each text is without references, its marks still escaped.
  private var expanded: [[UInt8]] = []

  /// Makes an expander that knows no text.
  public init(wording: ReferenceWording = .standard) {
    self.wording = wording
    marks = ReferenceMarks(wording)
  }

  /// Returns what a text stands for, and adds it to the texts that later ones refer to.
  ///
  /// - Throws: `ExpansionError` if a reference points to nothing.
  /// - Complexity: linear in what comes out, and for each reference in the text that it points to.
  public mutating func expand(
    _ text: [UInt8], as source: ByteString
  ) throws(ExpansionError) -> [UInt8] {
    if names[source] == nil { names[source] = shown.count }
    shown.append(text)
    var result: [UInt8] = []
    var start = 0
    while let place = text.withUnsafeBytes({ marks.firstReference(in: $0, from: start) }) {
      result += text[start..<place]
      let read = text.withUnsafeBytes { bytes in
        wording.read(UnsafeRawBufferPointer(rebasing: bytes[place...])) { names[$0] != nil }
      }
      guard let read else {
        throw ExpansionError(source: source, offset: place, problem: .unknownText)
      }
      guard let content = content(of: read.reference, before: place) else {
        throw ExpansionError(source: source, offset: place, problem: .missingPart)
      }
      result += content
      start = place + read.length
    }
    result += text[start...]
    expanded.append(result)
    return marks.unescaped(result)
  }

  /// Adds a text that is shown as it is.
  public mutating func show(_ text: [UInt8], as source: ByteString) {
    if names[source] == nil { names[source] = shown.count }
    shown.append(text)
    expanded.append(text)
  }

  /// What a reference at `offset` of the newest text stands for.
  private func content(of reference: WrittenReference, before offset: Int) -> ArraySlice<UInt8>? {
    guard let place = names[reference.source] else { return nil }
    if !reference.edits.isEmpty {
      guard place < shown.count - 1 else { return nil }
      return shown[place].withUnsafeBytes { TextEdits.apply(reference.edits, to: $0) }?[...]
    }
    guard let part = reference.part else {
      return place < expanded.count ? expanded[place][...] : nil
    }
    let text = shown[place]
    let end = place == shown.count - 1 ? offset : text.count
    let range = text.withUnsafeBytes { bytes in
      ReferenceResolver.range(of: part, in: UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    }
    return range.map { text[$0.start..<$0.end] }
  }
}

/// A reference that points to nothing.
public struct ExpansionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: String, Sendable {
    case unknownText = "refers to a text that does not stand before it"
    case missingPart = "refers to a part that is not in the text that it names"
  }

  /// The text that holds the reference.
  public let source: ByteString
  /// Where the reference begins in it, in bytes.
  public let offset: Int
  /// What is wrong.
  public let problem: Problem

  /// What is wrong and where, on one line.
  public var description: String { "\(source), byte \(offset): \(problem.rawValue)" }
}
