internal import Bytes

/// A stretch of a text that is shown as it is in an earlier one, or earlier in the same.
struct RepeatedRun {
  /// Where it stands in the text.
  var range: ByteRange
  /// Where it is shown, in the bytes of all texts.
  var shown: ByteRange
  /// The text that shows it.
  var source: Int
  /// The first segment of the text behind it.
  var nextSegment: Int
}
