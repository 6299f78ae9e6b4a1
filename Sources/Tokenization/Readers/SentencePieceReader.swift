public import Bytes

/// Reads SentencePiece's `tokenizer.model` of a BPE model. Text is treated as for a GGUF file of the same
/// model: control and user-defined tokens are found first, and a blank stands before each stretch
/// between them if the model adds one.
public enum SentencePieceReader {
  /// Returns the tokens, merges and configuration of the model.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `VocabularyError` with the byte offset of what is malformed, or the setting or token that
  ///   is not supported.
  public static func read(
    _ bytes: [UInt8], source: String, name: ByteString
  ) throws(VocabularyError) -> VocabularyDescription {
    // The first field is the first piece.
    guard bytes.first == 0x0A else {
      throw VocabularyError(
        source: source,
        message:
          "byte 0: no SentencePiece model; if it is a rank file of tiktoken, which does not say "
          + "how text is split, take a folder with tokenizer.json")
    }
    var model = Model()
    var cursor = ProtobufCursor(bytes, in: ByteRange(0, bytes.count), source: source)
    while let (field, value) = try cursor.next() {
      guard case .bytes(let range) = value else { continue }
      switch field {
      case 1: model.pieces.append(try piece(bytes, range, model.pieces.count, source))
      case 2: try model.readTrainer(ProtobufCursor(bytes, in: range, source: source))
      case 3: try model.readNormalizer(ProtobufCursor(bytes, in: range, source: source))
      default: break
      }
    }
    return try model.description(name: name, source: source)
  }

  /// A token as the file has it; types are those of GGUF, which took them over.
  private struct Piece {
    var text = ByteString()
    var score: Float = 0
    var kind = GGUFReader.Kind.normal
  }

  private static func piece(
    _ bytes: [UInt8], _ range: ByteRange, _ index: Int, _ source: String
  ) throws(VocabularyError) -> Piece {
    var piece = Piece()
    var cursor = ProtobufCursor(bytes, in: range, source: source)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, .bytes(let range)): piece.text = ByteString(bytes[range.start..<range.end])
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .integer(let type)):
        guard let kind = Int32(exactly: type).flatMap(GGUFReader.Kind.init(rawValue:)) else {
          throw cursor.error("pieces[\(index)]: unknown type \(type)")
        }
        piece.kind = kind
      default: break
      }
    }
    guard !piece.text.isEmpty, UTF8Validation.firstInvalidOffset(in: piece.text.bytes) == nil else {
      throw cursor.error("pieces[\(index)]: no text that is UTF-8")
    }
    return piece
  }

  private struct Model {
    var pieces: [Piece] = []
    // What a file leaves out has the defaults of SentencePiece's own definition.
    private var type: UInt64 = 1
    private var blanksEndWords = false
    private var hasCharacterMap = false
    private var addsPrefix = true
    private var removesExtraBlanks = true
    private var escapesBlanks = true

    mutating func readTrainer(_ message: ProtobufCursor) throws(VocabularyError) {
      var cursor = message
      while let (field, value) = try cursor.next() {
        guard case .integer(let number) = value else { continue }
        if field == 3 { type = number }
        if field == 24 { blanksEndWords = number != 0 }
      }
    }

    mutating func readNormalizer(_ message: ProtobufCursor) throws(VocabularyError) {
      var cursor = message
      while let (field, value) = try cursor.next() {
        switch (field, value) {
        case (2, .bytes(let range)): hasCharacterMap = !range.isEmpty
        case (3, .integer(let number)): addsPrefix = number != 0
        case (4, .integer(let number)): removesExtraBlanks = number != 0
        case (5, .integer(let number)): escapesBlanks = number != 0
        default: break
        }
      }
    }

    func description(
      name: ByteString, source: String
    ) throws(VocabularyError) -> VocabularyDescription {
      func fail(_ message: String) -> VocabularyError {
        VocabularyError(source: source, message: message)
      }
      guard !pieces.isEmpty else { throw fail("no SentencePiece model: it holds no pieces") }
      let settings: [(Bool, String)] = [
        (type != 2, "trainer_spec.model_type: \(type), which is not BPE"),
        (blanksEndWords, "trainer_spec.treat_whitespace_as_suffix"),
        (hasCharacterMap, "normalizer_spec.precompiled_charsmap"),
        (removesExtraBlanks, "normalizer_spec.remove_extra_whitespaces"),
        (!escapesBlanks, "normalizer_spec.escape_whitespaces: false"),
        (pieces.count > VocabularyFormat.tokenLimit, "\(pieces.count) pieces"),
      ]
      for (applies, setting) in settings where applies { throw fail("not supported: \(setting)") }
      var byteTokens = [UInt32?](repeating: nil, count: 256)
      var addedTokens: [AddedToken] = []
      var tokens = pieces.map(\.text)
      for (id, piece) in pieces.enumerated() {
        switch piece.kind {
        case .normal: break
        case .unused: throw fail("not supported: pieces[\(id)]: \(piece.text) is unused")
        case .byte:
          guard let byte = ByteTokenSpelling.byte(spelled: piece.text.bytes) else {
            throw fail("pieces[\(id)]: not a byte: \(piece.text)")
          }
          byteTokens[Int(byte)] = UInt32(id)
          tokens[id] = ByteString([byte])
        case .unknown, .control, .userDefined:
          addedTokens.append(
            AddedToken(
              id: UInt32(id), content: piece.text, isSpecial: piece.kind != .userDefined))
          tokens[id] = ByteString()
        }
      }
      if let byte = byteTokens.firstIndex(of: nil) {
        throw fail("no piece is the byte \(ByteTokenSpelling.spelling(of: UInt8(byte)))")
      }
      do {
        let scored = try ScoredPieces(
          pieces.map { .init(text: $0.text, score: $0.score, isMergeable: $0.kind == .normal) })
        return VocabularyDescription(
          name: name, tokens: tokens, scored: scored, byteTokens: byteTokens,
          addedTokens: addedTokens, addsPrefix: addsPrefix)
      } catch {
        throw fail("pieces[\(error.index)]: \(error.message)")
      }
    }
  }
}
