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

  /// The longest text that is encoded at once, in bytes: 1 GiB.
  public static let textLimit = 1 << 30

  /// The vocabulary.
  public let vocabulary: Vocabulary
  let preTokenizer: PreTokenizer
  /// The working memory that waits for the next encoders.
  let pieceEncoders: PieceEncoderPool
  /// The added tokens that are looked for in the text as it is.
  let addedTokens: AddedTokenMatcher
  /// What changes text before it is split, beyond `normalization`; nil if nothing does.
  let normalizer: TextRewriter?
  /// What changes the text between added tokens; nil if nothing does.
  let rewriter: TextRewriter?
  /// The added tokens that are looked for in normalised text, by their own normalised text; nil if
  /// there are none.
  let normalizedAddedTokens: AddedTokenMatcher?

  /// The texts of those tokens by id: what they are when they are decoded.
  let normalizedContents: [UInt32: ByteString]

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
    pieceEncoders = PieceEncoderPool(vocabulary)
    let configuration = vocabulary.configuration
    do {
      preTokenizer = try PreTokenizer(
        splitPatterns: configuration.splitPatterns, splits: configuration.splits,
        usingPatterns: usingPatterns)
      normalizer = try TextRewriter(configuration.normalizers)
      rewriter = try TextRewriter(configuration.rewritings)
    } catch {
      throw VocabularyError(
        source: vocabulary.name.string, message: "split pattern: \(error.description)")
    }
    let tokens = configuration.addedTokens
    var normalized = tokens.filter(\.isNormalized)
    addedTokens = AddedTokenMatcher(
      normalized.isEmpty ? tokens : tokens.filter { !$0.isNormalized })
    for index in normalized.indices {
      normalized[index].content = try Self.normalized(
        normalized[index].content, normalizer, configuration)
    }
    normalizedContents = Dictionary(
      normalized.map { ($0.id, $0.content) }, uniquingKeysWith: { first, _ in first })
    normalized.removeAll { $0.content.isEmpty }
    normalizedAddedTokens = normalized.isEmpty ? nil : AddedTokenMatcher(normalized)
  }

  /// The text that an added token has in normalised text.
  private static func normalized(
    _ content: ByteString, _ normalizer: TextRewriter?, _ configuration: VocabularyConfiguration
  ) throws(VocabularyError) -> ByteString {
    do {
      return try content.bytes.withRawBytes { bytes in
        if let normalizer {
          let text = try normalizer.rewritten(bytes, isAtStart: true, recordingEnds: false)
          return ByteString(text.bytes)
        }
        guard configuration.normalization == .nfc else { return content }
        return try Normalizer.normalized(bytes, tables: .unicode9).map { ByteString($0) } ?? content
      }
    } catch {
      throw VocabularyError(source: content.string, message: "\(error)")
    }
  }

  /// Returns working memory for encoding.
  public func makeEncoder() throws(TokenizerError) -> TextEncoder {
    try TextEncoder(self)
  }

  /// Returns the token ids of `text`.
  ///
  /// - Parameter text: UTF-8.
  /// - Throws: `TokenizerError` if the text is not UTF-8, with the offset.
  /// - Complexity: linear; O(n log n) in pieces of n bytes for vocabularies whose merges do not ascend.
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

  /// The added tokens in `text`, in order, with their byte ranges.
  public func addedTokens(in text: [UInt8]) -> [(token: AddedToken, range: ByteRange)] {
    text.withRawBytes { addedTokens(in: $0) }
  }

  func addedTokens(
    in text: UnsafeRawBufferPointer
  ) -> [(token: AddedToken, range: ByteRange)] {
    var found: [(token: AddedToken, range: ByteRange)] = []
    func search(
      _ matcher: AddedTokenMatcher, _ subject: UnsafeRawBufferPointer,
      _ place: (ByteRange) -> ByteRange, _ gap: (ByteRange) -> Void
    ) {
      var offset = 0
      var next = 0
      while let match = matcher.firstMatch(in: subject, from: next, taken: offset) {
        if match.range.start > offset { gap(ByteRange(offset, match.range.start)) }
        found.append((match.token, place(match.range)))
        offset = match.range.end
        next = match.next
      }
      if offset < subject.count { gap(ByteRange(offset, subject.count)) }
    }
    search(addedTokens, text, { $0 }) { stretch in
      guard let normalizedAddedTokens else { return }
      let subject = UnsafeRawBufferPointer(rebasing: text[stretch.start..<stretch.end])
      let changed = try? normalizer?.rewritten(
        subject, isAtStart: stretch.start == 0, recordingEnds: true)
      guard let changed else {
        search(normalizedAddedTokens, subject, { $0.shifted(by: stretch.start) }) { _ in }
        return
      }
      changed.bytes.withRawBytes { bytes in
        search(
          normalizedAddedTokens, bytes,
          { range in
            ByteRange(changed.originalOffset(range.start), changed.originalOffset(range.end))
              .shifted(by: stretch.start)
          }
        ) { _ in }
      }
    }
    return found
  }

  /// The lengths of the ends of `text` that text behind them could make part of an added token.
  func lengthsOfPossibleBeginnings(atEndOf text: UnsafeRawBufferPointer) -> [Int] {
    addedTokens.lengthsOfPossibleBeginnings(atEndOf: text)
      + (normalizedAddedTokens?.lengthsOfPossibleBeginnings(atEndOf: text) ?? [])
  }
}
