public import Bytes
internal import TextProcessing

/// What may stand behind a line break without changing the tokens before it.
public enum TextBoundary {
  /// Whether `text` begins with a character that is neither white space nor `/` and does not compose
  /// with what stands before it. For the known split patterns the tokens of a text that ends with a
  /// line break then stay what they are.
  public static func canFollowLineBreak(_ text: ByteString) -> Bool {
    let scalars = String(decoding: text.bytes.prefix(4), as: UTF8.self).unicodeScalars
    guard let first = scalars.first else { return false }
    if first.isASCII { return first.value > 0x20 && first != "/" }
    return !first.properties.isWhitespace && Normalizer.hasBoundary(before: first)
  }
}
