import Bytes
import Tokenization

/// Texts that reach merges, whole pieces, added tokens and normalisation.
private let texts: [[UInt8]] =
  [
    "", "abcab abca tion\n", " a <|end|> b<e> \u{3000}c", "word words word", "e\u{301}!é! été",
    "1234 'll \u{17F}\r\n\r\n  x", "日本語 नमस्ते 👩‍👩‍👧",
  ].map { Array($0.utf8) } + [[0xFF, 0x61], Array(repeating: 0x61, count: 300)]

/// Compiles what a reader has read, and uses it.
public func exercise(_ description: VocabularyDescription, addingBytes: Bool = false) {
  var description = description
  if addingBytes {
    let present = Set(description.tokens)
    description.tokens += byteTokens.filter { !present.contains($0) }
  }
  guard let file = try? VocabularyCompiler.compile(description, source: "fuzz"),
    let vocabulary = try? Vocabulary(bytes: file, source: "fuzz")
  else { return }
  require(vocabulary.verify(), "a compiled file has another digest than its header states")
  exercise(vocabulary)
}

/// Encodes and decodes with a vocabulary, whatever its tables hold.
public func exercise(_ vocabulary: Vocabulary) {
  for id in 0..<UInt32(min(vocabulary.tokenCount, 1_000)) { _ = vocabulary.bytes(of: id) }
  _ = vocabulary.bytes(of: .max)
  guard let tokenizer = try? Tokenizer(vocabulary), let encoder = try? tokenizer.makeEncoder()
  else { return }
  for text in texts {
    for addedTokens in [Tokenizer.AddedTokens.recognized, .ignored] {
      guard let encoded = try? encoder.encode(text, addedTokens: addedTokens, recordingEnds: true)
      else { continue }
      _ = try? tokenizer.decode(encoded.ids, skippingSpecial: addedTokens == .ignored)
    }
  }
}
