public import Bytes
internal import TextProcessing

/// Encodes texts one after the other with working memory of its own.
///
/// Not `Sendable`: each task makes its own with `Tokenizer.makeEncoder()`.
public final class TextEncoder {
  let tokenizer: Tokenizer
  let matcher: PatternMatcher
  private let pairEncoder: BytePairEncoder

  init(_ tokenizer: Tokenizer) throws(TokenizerError) {
    self.tokenizer = tokenizer
    pairEncoder = BytePairEncoder(tokenizer.vocabulary)
    do {
      matcher = try PatternMatcher(tokenizer.preTokenizer.pattern)
    } catch {
      throw .engine(message: error.description)
    }
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
    var buffer = TokenBuffer(recordingEnds: recordingEnds)
    try text.withRawBytes { bytes throws(TokenizerError) in
      try encode(bytes, addedTokens: addedTokens, into: &buffer)
    }
    return EncodedText(ids: buffer.ids, ends: buffer.ends)
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
        try tokenizer.preTokenizer.forEachPiece(of: bytes, matcher: matcher) { pieces.append($0) }
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
    if let offset = UTF8Validation.firstInvalidOffset(in: text) {
      throw .invalidUTF8(offset: offset)
    }
    var offset = 0
    while addedTokens == .recognized,
      let match = tokenizer.addedTokens.firstMatch(in: text, from: offset)
    {
      try encodeStretch(text, ByteRange(offset, match.range.start), into: &buffer)
      buffer.append(match.token.id, endingAt: match.range.end)
      offset = match.range.end
    }
    try encodeStretch(text, ByteRange(offset, text.count), into: &buffer)
  }

  private func encodeStretch(
    _ text: UnsafeRawBufferPointer, _ range: ByteRange, into buffer: inout TokenBuffer
  ) throws(TokenizerError) {
    guard !range.isEmpty else { return }
    let stretch = UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
    do {
      guard tokenizer.vocabulary.configuration.normalization == .nfc,
        let normalized = try Normalizer.normalized(stretch, tables: .unicode9)
      else {
        try encodePieces(of: stretch, base: range.start, into: &buffer)
        return
      }
      let first = buffer.ids.count
      try normalized.withRawBytes { bytes throws(PatternError) in
        try encodePieces(of: bytes, base: 0, into: &buffer)
      }
      let alignment = try NormalizationAlignment(stretch)
      buffer.mapEnds(from: first) { range.start + alignment.offset(ofNormalized: $0) }
    } catch {
      throw .engine(message: "\(error)")
    }
  }

  private func encodePieces(
    of text: UnsafeRawBufferPointer, base: Int, into buffer: inout TokenBuffer
  ) throws(PatternError) {
    try tokenizer.preTokenizer.forEachPiece(of: text, matcher: matcher) { piece in
      pairEncoder.encode(
        UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end]), base: base + piece.start,
        into: &buffer)
    }
  }
}
