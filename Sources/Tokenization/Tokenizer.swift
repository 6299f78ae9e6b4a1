public import Bytes
internal import TextProcessing

/// Turns text into the token ids of a model and back, exactly as the model's reference tokenizer.
///
/// Text is UTF-8 bytes throughout. A tokenizer is immutable and can be used from many tasks at once;
/// `makeEncoder()` gives a task the working memory to encode many texts without allocating for each.
public struct Tokenizer: Sendable {
  /// Whether the text of added tokens is read as those tokens.
  public enum AddedTokens: Sendable {
    /// `<|im_end|>` in the text is the token.
    case recognized
    /// `<|im_end|>` in the text is text.
    case ignored
  }

  /// The vocabulary.
  public let vocabulary: Vocabulary
  let preTokenizer: PreTokenizer
  /// The added tokens that are looked for in the text as it is.
  let addedTokens: AddedTokenMatcher
  /// The added tokens that are looked for in normalised text; nil if there are none.
  let normalizedAddedTokens: AddedTokenMatcher?

  /// Makes a tokenizer of a compiled vocabulary.
  ///
  /// - Throws: `VocabularyError` if the vocabulary's split pattern cannot be compiled.
  public init(_ vocabulary: Vocabulary) throws(VocabularyError) {
    try self.init(vocabulary, usingPatterns: false)
  }

  /// Makes a tokenizer that splits with PCRE2 even where there is a scanner; the plain twin that tests
  /// compare with.
  package init(_ vocabulary: Vocabulary, usingPatterns: Bool) throws(VocabularyError) {
    self.vocabulary = vocabulary
    do {
      preTokenizer = try PreTokenizer(
        splitPatterns: vocabulary.configuration.splitPatterns, usingPatterns: usingPatterns)
    } catch {
      throw VocabularyError(
        source: vocabulary.name.string, message: "split pattern: \(error.description)")
    }
    let tokens = vocabulary.configuration.addedTokens
    addedTokens = AddedTokenMatcher(tokens.filter { !$0.isNormalized })
    let normalized = tokens.filter(\.isNormalized)
    normalizedAddedTokens = normalized.isEmpty ? nil : AddedTokenMatcher(normalized)
  }

  /// Returns working memory for encoding.
  public func makeEncoder() throws(TokenizerError) -> TextEncoder {
    try TextEncoder(self)
  }

  /// Returns the token ids of `text`.
  ///
  /// - Parameter text: UTF-8.
  /// - Throws: `TokenizerError` if the text is not UTF-8, with the offset.
  /// - Complexity: linear, but for pieces (words, runs of white space) of n bytes, which take
  ///   O(n log n).
  public func encode(
    _ text: [UInt8], addedTokens: AddedTokens = .recognized
  ) throws(TokenizerError) -> [UInt32] {
    try makeEncoder().encode(text, addedTokens: addedTokens).ids
  }

  /// Returns the number of tokens of `text`.
  public func count(
    _ text: [UInt8], addedTokens: AddedTokens = .recognized
  ) throws(TokenizerError) -> Int {
    try makeEncoder().count(text, addedTokens: addedTokens)
  }

  /// Returns the bytes that `ids` stand for. They need not be UTF-8: a character may be split over
  /// tokens.
  ///
  /// - Parameter skippingSpecial: whether special tokens are left out.
  /// - Throws: `TokenizerError.unknownToken` for an id that the vocabulary does not have.
  public func decode(
    _ ids: some Sequence<UInt32>, skippingSpecial: Bool = false
  ) throws(TokenizerError) -> [UInt8] {
    var text: [UInt8] = []
    for (index, id) in ids.enumerated() {
      guard let bytes = vocabulary.bytes(of: id), !bytes.isEmpty else {
        throw .unknownToken(id: id, index: index)
      }
      if skippingSpecial, isSpecial(id) { continue }
      text.append(contentsOf: bytes)
    }
    return text
  }

  /// The added tokens in `text`, in order, with their byte ranges.
  public func addedTokens(in text: [UInt8]) -> [(token: AddedToken, range: ByteRange)] {
    text.withRawBytes { addedTokens(in: $0) }
  }

  func addedTokens(
    in text: UnsafeRawBufferPointer
  ) -> [(token: AddedToken, range: ByteRange)] {
    var found: [(token: AddedToken, range: ByteRange)] = []
    func search(_ matcher: AddedTokenMatcher, _ range: ByteRange, _ gap: (ByteRange) -> Void) {
      let subject = UnsafeRawBufferPointer(rebasing: text[..<range.end])
      var offset = range.start
      while let match = matcher.firstMatch(in: subject, from: offset) {
        gap(ByteRange(offset, match.range.start))
        found.append((match.token, match.range))
        offset = match.range.end
      }
      gap(ByteRange(offset, range.end))
    }
    search(addedTokens, ByteRange(0, text.count)) { stretch in
      if let normalizedAddedTokens { search(normalizedAddedTokens, stretch) { _ in } }
    }
    return found
  }

  /// The lengths of the ends of `text` that text behind them could make part of an added token.
  func lengthsOfPossibleBeginnings(atEndOf text: UnsafeRawBufferPointer) -> [Int] {
    addedTokens.lengthsOfPossibleBeginnings(atEndOf: text)
      + (normalizedAddedTokens?.lengthsOfPossibleBeginnings(atEndOf: text) ?? [])
  }

  private func isSpecial(_ id: UInt32) -> Bool {
    vocabulary.configuration.addedTokens.contains { $0.id == id && $0.isSpecial }
  }
}
