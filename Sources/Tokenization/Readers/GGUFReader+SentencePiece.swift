internal import Bytes

/// SentencePiece's BPE: `tokenizer.ggml.model` is `llama`. Text is treated as llama.cpp does it.
extension GGUFReader {
  func readSentencePiece(
    name: ByteString
  ) throws(VocabularyError) -> VocabularyDescription {
    let key: ByteString = "tokenizer.ggml.tokens"
    guard let places = try metadata.strings(key) else { throw missing(key) }
    guard places.count <= VocabularyFormat.tokenLimit else {
      throw error(at: metadata.offset(of: key), "\(key): more than the format can hold")
    }
    let kinds = try readKinds(count: places.count)
    let scores = try readScores(count: places.count)
    var byteTokens = [UInt32?](repeating: nil, count: 256)
    var addedTokens: [AddedToken] = []
    var pieces: [ScoredPieces.Piece] = []
    var tokens: [ByteString] = []
    for (id, place) in places.enumerated() {
      let text = metadata.bytes(in: place)
      guard UTF8Validation.firstInvalidOffset(in: text) == nil else {
        throw error(at: place.start, "\(key)[\(id)]: not UTF-8")
      }
      let kind = kinds?[id] ?? .normal
      var token = ByteString(text)
      if kind == .byte {
        guard let byte = ByteTokenSpelling.byte(spelled: text) else {
          throw error(at: place.start, "\(key)[\(id)]: not a byte: \(token)")
        }
        byteTokens[Int(byte)] = UInt32(id)
        token = ByteString([byte])
      } else if [.unknown, .control, .userDefined].contains(kind), !text.isEmpty {
        addedTokens.append(
          AddedToken(id: UInt32(id), content: token, isSpecial: kind != .userDefined))
        token = ByteString()
      }
      pieces.append(
        .init(
          text: ByteString(text), score: scores[id],
          isMergeable: kind == .normal || kind == .unused))
      tokens.append(token)
    }
    if let byte = byteTokens.firstIndex(of: nil) {
      let spelling = ByteTokenSpelling.spelling(of: UInt8(byte))
      throw error(at: metadata.offset(of: key), "\(key): no token is the byte \(spelling)")
    }
    let scored: ScoredPieces
    do {
      scored = try ScoredPieces(pieces)
    } catch {
      throw self.error(at: places[error.index].start, "\(key)[\(error.index)]: \(error.message)")
    }
    try markStrippingTokens(&addedTokens)
    let addsPrefix = try metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
    return VocabularyDescription(
      name: name, tokens: tokens, scored: scored, byteTokens: byteTokens,
      addedTokens: addedTokens, addsPrefix: addsPrefix)
  }

  private func readScores(count: Int) throws(VocabularyError) -> [Float] {
    let key: ByteString = "tokenizer.ggml.scores"
    guard let scores = try metadata.floats(key) else { throw missing(key) }
    guard scores.count == count else {
      throw error(
        at: metadata.offset(of: key), "\(key): \(scores.count) scores for \(count) tokens")
    }
    return scores
  }

  /// GGUF has no flag for tokens that take the white space behind them; llama.cpp knows those of Phi-3 by
  /// the model's name.
  private func markStrippingTokens(_ tokens: inout [AddedToken]) throws(VocabularyError) {
    let name = try metadata.string("general.name")?.string.lowercased() ?? ""
    guard name.contains("phi-3") || name.contains("phi3") else { return }
    let exceptions: [ByteString] = ["<unk>", "<s>", "<|endoftext|>"]
    for index in tokens.indices {
      tokens[index].stripsRight = !exceptions.contains(tokens[index].content)
    }
  }
}

extension VocabularyDescription {
  /// A SentencePiece model: blanks are `▁`, and one stands before the text if `addsPrefix`.
  init(
    name: ByteString, tokens: [ByteString], scored: ScoredPieces, byteTokens: [UInt32?],
    addedTokens: [AddedToken], addsPrefix: Bool
  ) {
    let blank: ByteString = "\u{2581}"
    var configuration = VocabularyConfiguration(
      normalization: .none, splitPatterns: [], ignoresMerges: false, addedTokens: addedTokens)
    configuration.normalizers = [.replace(.text(" "), with: blank)]
    configuration.decoding = [.replace(blank, with: " "), .fuse]
    if addsPrefix {
      configuration.normalizers.insert(.prepend(blank), at: 0)
      configuration.decoding.append(.strip(" ", start: 1, stop: 0))
    }
    configuration.characters = CharacterModel(unknownToken: nil, fusesUnknown: false)
    configuration.characters?.ties = scored.ties
    if WordStart.isSafe(spellings: tokens, merges: scored.merges) {
      configuration.splitPatterns = [WordStart.pattern]
    }
    self.init(name: name, tokens: tokens, merges: scored.merges, configuration: configuration)
    mergeRanks = scored.ranks
    self.byteTokens = byteTokens
  }
}
