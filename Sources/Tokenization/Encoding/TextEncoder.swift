public import Bytes
internal import TextProcessing

/// Encodes texts one after the other with working memory of its own, which the next encoder of the tokenizer takes over.
///
/// Not `Sendable`: each task makes its own with `Tokenizer.makeEncoder()`.
public final class TextEncoder {
  /// The most memory that an encoder keeps for the tokens of pieces that it met, in bytes.
  public static var cacheLimit: Int { PieceCache.memoryLimit }

  let tokenizer: Tokenizer
  let matchers: [PatternMatcher]
  private let pieceEncoder: PieceEncoder
  /// Where the tokens of texts do not depend on each other.
  private(set) lazy var boundaries = BoundaryFinder(tokenizer)

  init(_ tokenizer: Tokenizer) throws(TokenizerError) {
    self.tokenizer = tokenizer
    pieceEncoder = tokenizer.pieceEncoders.take()
    do {
      matchers = try tokenizer.preTokenizer.makeMatchers()
    } catch {
      throw .engine(message: error.description)
    }
  }

  deinit {
    tokenizer.pieceEncoders.keep(pieceEncoder)
  }

  /// Returns the tokens of `text` and where each ends.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - recordingEnds: whether the ends are wanted; `ends` is empty otherwise.
  /// - Throws: `TokenizerError` if the text is not UTF-8.
  public func encode(
    _ text: [UInt8], addedTokens: Tokenizer.AddedTokens = .recognized, recordingEnds: Bool = false
  ) throws(TokenizerError) -> EncodedText {
    // English has a token for four to five bytes.
    var buffer = TokenBuffer(recordingEnds ? .idsAndEnds : .ids, capacity: text.count / 3)
    try encode(text, addedTokens: addedTokens, into: &buffer)
    return EncodedText(ids: buffer.ids, ends: buffer.ends)
  }

  /// Returns the number of tokens of `text` without keeping them.
  ///
  /// - Parameter text: UTF-8.
  /// - Throws: `TokenizerError` if the text is not UTF-8.
  public func count(
    _ text: [UInt8], addedTokens: Tokenizer.AddedTokens = .recognized
  ) throws(TokenizerError) -> Int {
    var buffer = TokenBuffer(.number, capacity: 4096)
    try encode(text, addedTokens: addedTokens, into: &buffer)
    return buffer.total
  }

  private func encode(
    _ text: [UInt8], addedTokens: Tokenizer.AddedTokens, into buffer: inout TokenBuffer
  ) throws(TokenizerError) {
    try text.withRawBytes { bytes throws(TokenizerError) in
      try encode(bytes, addedTokens: addedTokens, into: &buffer)
    }
  }

  /// Returns the pieces that the pre-tokenizer splits `text` into, as byte ranges. Added tokens are
  /// not looked for, and the text is not normalised.
  ///
  /// - Throws: `TokenizerError` if the text is not UTF-8.
  public func pieces(of text: [UInt8]) throws(TokenizerError) -> [ByteRange] {
    if let offset = UTF8Validation.firstInvalidOffset(in: text) {
      throw .invalidUTF8(offset: offset)
    }
    var pieces: [ByteRange] = []
    do {
      try text.withRawBytes { bytes throws(PatternError) in
        try tokenizer.preTokenizer.forEachPiece(of: bytes, matchers: matchers) { pieces.append($0) }
      }
    } catch {
      throw .engine(message: error.description)
    }
    return pieces
  }

  /// Added tokens are found in the text as it is; what lies between them is normalised, split and
  /// merged stretch by stretch (the order of Hugging Face `tokenizers`).
  private func encode(
    _ text: UnsafeRawBufferPointer, addedTokens: Tokenizer.AddedTokens,
    into buffer: inout TokenBuffer
  ) throws(TokenizerError) {
    guard text.count <= Tokenizer.textLimit else { throw .textTooLong(count: text.count) }
    if let offset = UTF8Validation.firstInvalidOffset(in: text) {
      throw .invalidUTF8(offset: offset)
    }
    let matcher = addedTokens == .recognized ? tokenizer.addedTokens : nil
    try forEachStretch(of: text, ByteRange(0, text.count), matcher, into: &buffer) {
      stretch, buffer throws(TokenizerError) in
      try encodeStretch(text, stretch, addedTokens, into: &buffer)
    }
  }

  /// Appends the added tokens that `matcher` finds in `range`, and calls `body` with each stretch
  /// between them.
  private func forEachStretch(
    of text: UnsafeRawBufferPointer, _ range: ByteRange, _ matcher: AddedTokenMatcher?,
    base: Int = 0, into buffer: inout TokenBuffer,
    _ body: (ByteRange, inout TokenBuffer) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    let subject = UnsafeRawBufferPointer(rebasing: text[..<range.end])
    var offset = range.start
    var search = range.start
    // White space that one token strips can be another token; what follows that is read again then, as
    // the reference does.
    var furthest = range.start
    func encodeGap(_ end: Int, _ buffer: inout TokenBuffer) throws(TokenizerError) {
      guard end > offset else { return }
      let first = buffer.count
      try body(ByteRange(offset, end), &buffer)
      if offset < furthest { buffer.mapEnds(from: first) { max($0, base + furthest) } }
    }
    while let match = matcher?.firstMatch(in: subject, from: search, taken: offset) {
      try encodeGap(match.range.start, &buffer)
      offset = match.range.end
      furthest = max(furthest, offset)
      buffer.append(match.token.id, endingAt: base + furthest)
      search = match.next
    }
    try encodeGap(range.end, &buffer)
  }

  private func encodeStretch(
    _ text: UnsafeRawBufferPointer, _ range: ByteRange, _ addedTokens: Tokenizer.AddedTokens,
    into buffer: inout TokenBuffer
  ) throws(TokenizerError) {
    let stretch = UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
    let isAtStart = range.start == 0
    if let normalizer = tokenizer.normalizer {
      try normalizer.encode(
        stretch, base: range.start, isAtStart: isAtStart, into: &buffer
      ) { bytes, buffer throws(TokenizerError) in
        try encodeNormalized(
          bytes, base: 0, isAtStart: isAtStart, addedTokens, into: &buffer)
      }
      return
    }
    do {
      guard tokenizer.vocabulary.configuration.normalization == .nfc,
        let normalized = try Normalizer.normalized(stretch, tables: .unicode9)
      else {
        try encodeNormalized(
          stretch, base: range.start, isAtStart: isAtStart, addedTokens, into: &buffer)
        return
      }
      let first = buffer.count
      try normalized.withRawBytes { bytes throws(TokenizerError) in
        try encodeNormalized(
          bytes, base: 0, isAtStart: isAtStart, addedTokens, into: &buffer)
      }
      guard buffer.recordsEnds else { return }
      let alignment = try NormalizationAlignment(stretch)
      buffer.mapEnds(from: first) { range.start + alignment.offset(ofNormalized: $0) }
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .engine(message: "\(error)")
    }
  }

  /// Encodes text behind normalisation; added tokens that are looked for there are found first.
  private func encodeNormalized(
    _ text: UnsafeRawBufferPointer, base: Int, isAtStart: Bool,
    _ addedTokens: Tokenizer.AddedTokens, into buffer: inout TokenBuffer
  ) throws(TokenizerError) {
    let matcher = addedTokens == .recognized ? tokenizer.normalizedAddedTokens : nil
    try forEachStretch(of: text, ByteRange(0, text.count), matcher, base: base, into: &buffer) {
      stretch, buffer throws(TokenizerError) in
      let bytes = UnsafeRawBufferPointer(rebasing: text[stretch.start..<stretch.end])
      let start = base + stretch.start
      guard let rewriter = tokenizer.rewriter else {
        try encodeRewritten(bytes, base: start, into: &buffer)
        return
      }
      try rewriter.encode(
        bytes, base: start, isAtStart: isAtStart && stretch.start == 0, into: &buffer
      ) { bytes, buffer throws(TokenizerError) in
        try encodeRewritten(bytes, base: 0, into: &buffer)
      }
    }
  }

  private func encodeRewritten(
    _ text: UnsafeRawBufferPointer, base: Int, into buffer: inout TokenBuffer
  ) throws(TokenizerError) {
    do throws(PatternError) {
      try pieceEncoder.encode(text, base: base, tokenizer.preTokenizer, matchers, into: &buffer)
    } catch {
      throw .engine(message: error.description)
    }
  }
}
