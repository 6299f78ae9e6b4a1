/// A text and its tokens, which grows at its end: what was encoded is kept up to the last stable
/// boundary, and only what stands behind it is encoded again.
///
/// ```swift
/// var prompt = TokenizedText()
/// try prompt.append(Array("one two thr".utf8), using: encoder)
/// try prompt.append(Array("ee".utf8), using: encoder)
/// // prompt.tokens.ids are those of "one two three"
/// ```
///
/// Invariant: `tokens` is what encoding `text` as a whole gives, with the ends recorded.
public struct TokenizedText: Sendable {
  /// The text, UTF-8.
  public private(set) var text: [UInt8] = []
  /// The tokens of the text, with the byte at which each ends.
  public private(set) var tokens = EncodedText(ids: [], ends: [])

  /// Makes an empty text.
  public init() {}

  /// Appends `part` and brings the tokens up to date.
  ///
  /// - Parameters:
  ///   - part: UTF-8; it may begin and end anywhere between two characters.
  ///   - encoder: an encoder of the same vocabulary at every call.
  /// - Returns: how many of the tokens before stay; those behind them are replaced.
  /// - Throws: `TokenizerError` if `part` is not UTF-8, with the offset in the whole text; the text
  ///   is then as it was.
  /// - Complexity: linear in `part` and in what the stable boundary holds back.
  @discardableResult
  public mutating func append(
    _ part: [UInt8], using encoder: TextEncoder
  ) throws(TokenizerError) -> Int {
    let stable = try encoder.stableEnd(in: text, at: text.count, before: .anything)
    let kept = tokens.tokenCount(before: stable)
    let rest: EncodedText
    do {
      rest = try encoder.encode(Array(text[stable...]) + part, recordingEnds: true)
    } catch {
      throw error.shifted(by: stable)
    }
    text += part
    tokens.replace(from: kept, with: rest, endingFrom: stable)
    return kept
  }
}

extension EncodedText {
  /// Replaces the tokens from index `first` on by `rest`, whose ends count from byte `offset`.
  mutating func replace(from first: Int, with rest: EncodedText, endingFrom offset: Int) {
    ids.replaceSubrange(first..., with: rest.ids)
    ends.replaceSubrange(first..., with: rest.ends.lazy.map { $0 + offset })
  }
}

extension TokenizerError {
  /// The same error about a text that stands `distance` bytes further on in another.
  func shifted(by distance: Int) -> TokenizerError {
    if case .invalidUTF8(let offset) = self { return .invalidUTF8(offset: offset + distance) }
    return self
  }
}
