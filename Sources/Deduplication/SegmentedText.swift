internal import Bytes
internal import TextProcessing

/// What a folder found out about a text by itself: where it is cut, and what its parts are told apart by.
///
/// It depends on nothing but the text and how it is compared, so that it can be kept for when the text comes again.
public struct SegmentedText: Sendable {
  private let original: [UInt8]
  /// Where in what is shown backslashes were put in.
  let insertions: [Int]
  /// The hash of what is shown where nothing is folded.
  let hash: UInt64
  let segments: TextSegments
  private let level: FoldSettings.Level
  private let marks: ReferenceMarks

  init(
    _ original: [UInt8], _ insertions: [Int], hash: UInt64, _ segments: TextSegments,
    _ level: FoldSettings.Level, _ marks: ReferenceMarks
  ) {
    self.original = original
    self.insertions = insertions
    self.hash = hash
    self.segments = segments
    self.level = level
    self.marks = marks
  }

  /// What is shown where nothing is folded: marks of references are escaped.
  var escaped: [UInt8] { segments.text }

  /// The memory that it takes beside the text that it was given, in bytes.
  public var size: Int {
    segments.segments.count * MemoryLayout<TextSegment>.stride
      + (insertions.isEmpty ? 0 : escaped.count)
  }

  /// Whether a folder with these settings would find out the same about a text.
  func isOf(_ text: [UInt8], _ settings: FoldSettings, _ marks: ReferenceMarks) -> Bool {
    level == settings.level && segments.comparison == settings.comparison && self.marks == marks
      && original[...].hasBytes(of: text)
  }
}
