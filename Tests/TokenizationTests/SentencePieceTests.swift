import Bytes
import TestSupport
import Testing
import Tokenization

/// SentencePiece's BPE out of GGUF files.
@Suite struct SentencePieceTests {
  private static func description(_ bytes: [UInt8]) throws -> VocabularyDescription {
    try GGUFReader(try GGUFMetadata(bytes: bytes, source: "x.gguf")).read(name: "toy")
  }

  private static func tokenizer(_ builder: GGUFBuilder) throws -> Tokenizer {
    try ToyVocabulary.tokenizer(try description(builder.bytes))
  }

  /// The vectors are of `sentencepiece` 0.2.3; the file is written by `gguf` 0.19.0. llama.cpp, unlike
  /// SentencePiece, puts a blank behind a user-defined token.
  @Test func equalsTheReference() throws {
    let file = try Files.read(CharacterVocabulary.folder + "/model.gguf")
    let tokenizer = try ToyVocabulary.tokenizer(try Self.description(file))
    let vectors = try CharacterVocabulary.vectors("sentencepiece.jsonl").filter {
      !String(decoding: $0.text, as: UTF8.self).contains("<tool>")
    }
    #expect(vectors.count > 50)
    for vector in vectors {
      #expect(try tokenizer.encode(vector.text) == vector.ids, "\(ByteString(vector.text))")
      let blanks = vector.text.replacing([0xE2, 0x96, 0x81], with: [0x20])
      #expect(try tokenizer.decode(vector.ids) == blanks)
    }
  }

  /// The encoder against its plain twin: join the two neighbours whose text is a token of the highest
  /// score, the leftmost first. Many tokens have the same score.
  @Test func equalsThePlainAlgorithm() throws {
    var generator = SeededGenerator(seed: 21)
    for round in 0..<30 {
      var pieces: [(text: String, score: Float)] = ["a", "b", "é", "\u{2581}"].map { ($0, -100) }
      while pieces.count < 40 {
        let parts = (0..<2).compactMap { _ in pieces.randomElement(using: &generator)?.text }
        let text = parts.joined()
        guard text.utf8.count <= 20, !pieces.contains(where: { $0.text == text }) else { continue }
        pieces.append((text, Float(Int.random(in: -12...0, using: &generator))))
      }
      let tokenizer = try Self.tokenizer(.sentencePiece(pieces))
      for _ in 0..<40 {
        let length = Int.random(in: 0...(round.isMultiple(of: 2) ? 15 : 200), using: &generator)
        let text = (0..<length).compactMap { _ in
          ["a", "b", "é", " ", "x"].randomElement(using: &generator)
        }.joined()
        #expect(
          try tokenizer.encode(Array(text.utf8)) == plainEncoding(of: text, pieces), "\(text)")
      }
    }
  }

  private func plainEncoding(of text: String, _ pieces: [(text: String, score: Float)]) -> [UInt32]
  {
    if text.isEmpty { return [] }
    var symbols = ("\u{2581}" + text.replacing(" ", with: "\u{2581}")).unicodeScalars.map {
      String($0)
    }
    func index(of text: String) -> Int? { pieces.firstIndex { $0.text == text } }
    while true {
      var best: (score: Float, place: Int)?
      for place in symbols.indices.dropLast() {
        guard let made = index(of: symbols[place] + symbols[place + 1]) else { continue }
        if best.map({ pieces[made].score > $0.score }) ?? true {
          best = (pieces[made].score, place)
        }
      }
      guard let place = best?.place else { break }
      symbols[place] += symbols.remove(at: place + 1)
    }
    return symbols.flatMap { symbol in
      index(of: symbol).map { [UInt32(258 + $0)] } ?? symbol.utf8.map { 2 + UInt32($0) }
    }
  }

  private static let toy = GGUFBuilder.sentencePiece([
    ("a", -9), ("b", -9), ("\u{2581}", -9), ("ab", -1), ("\u{2581}ab", -2),
  ])

  @Test func putsABlankBeforeTextUnlessTheFileForbidsIt() throws {
    var without = Self.toy
    without.add("tokenizer.ggml.add_space_prefix", type: 7, [0])
    let text = Array("ab<s>ab c".utf8)
    #expect(try Self.tokenizer(Self.toy).encode(text) == [262, 1, 262, 260, 101])
    #expect(try Self.tokenizer(without).encode(text) == [261, 1, 261, 260, 101])
    #expect(try Self.tokenizer(without).decode([261, 260, 101]) == Array("ab c".utf8))
  }

  @Test func knowsTheTokensOfPhi3ThatTakeWhiteSpace() throws {
    var builder = Self.toy.replacing("tokenizer.ggml.token_type") {
      $0.add(
        "tokenizer.ggml.token_type",
        integers: [2, 3] + Array(repeating: 6, count: 256) + [1, 4, 1, 1, 1])
    }
    builder.add("general.name", string: "Phi-3 mini")
    let tokens = try Self.description(builder.bytes).configuration.addedTokens
    #expect(tokens.map(\.stripsRight) == [false, false, true])
  }

  @Test(
    arguments: [
      ("scores", [], "without tokenizer.ggml.scores"),
      ("tokens", [], "without tokenizer.ggml.tokens"),
      ("", [("a", .nan)], "tokens[258]: the score is no number"),
      ("", [("a", 0), ("a", 0)], "tokens[259]: the token a again"),
      ("", [("<0x00>", 0)], "tokens[258]: the token <0x00> again"),
      ("", [("a", 0), ("aé", 0)], "tokens[259]: not supported: aé is made of a character"),
      ("", [(String(repeating: "a", count: 1_025), 0)], "a token of 1025 bytes"),
    ] as [(String, [(String, Float)], String)])
  func refusesWhatIsWrong(missing: String, pieces: [(String, Float)], message: String) {
    let builder = GGUFBuilder.sentencePiece(pieces.map { (text: $0.0, score: $0.1) })
      .replacing("tokenizer.ggml.\(missing)") { _ in }
    let error = #expect(throws: VocabularyError.self) { try Self.description(builder.bytes) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.message.hasPrefix("byte ") == true)
  }

  @Test func refusesScoresAndTypesThatDoNotFit() {
    let key = "tokenizer.ggml.scores"
    let short = Self.toy.replacing(key) { $0.add(key, floats: [1]) }
    let integers = Self.toy.replacing(key) { $0.add(key, integers: [1]) }
    let noBytes = Self.toy.replacing("tokenizer.ggml.token_type") { _ in }
    var number = Self.toy
    number.add("tokenizer.ggml.add_space_prefix", type: 4, [1, 0, 0, 0])
    for (builder, message) in [
      (short, "1 scores for 263 tokens"), (integers, "expected an array of 32-bit floating"),
      (noBytes, "no token is the byte <0x00>"),
      (number, "add_space_prefix: expected a truth value"),
    ] {
      let error = #expect(throws: VocabularyError.self) { try Self.description(builder.bytes) }
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
  }

  @Test func refusesAFileThatEndsAnywhere() {
    let bytes = Self.toy.bytes
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: VocabularyError.self) { try Self.description(Array(bytes.prefix(length))) }
    }
  }

  /// Whatever changed bytes make of a file, it is read or refused, and what is read can be used.
  @Test func survivesRandomChanges() throws {
    var generator = SeededGenerator(seed: 22)
    let original = Self.toy.bytes
    for _ in 0..<2_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        // The scores, types and last tokens are at the end.
        let place = bytes.count - 1 - Int.random(in: 0..<2_300, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        let tokenizer = try ToyVocabulary.tokenizer(try Self.description(bytes))
        let ids = try tokenizer.encode(Array("ab a <s>é".utf8))
        _ = try? tokenizer.decode(ids)
      } catch is VocabularyError {}
    }
  }
}
