import Bytes
import FuzzSupport
import PromptCompilation
import Tokenization

/// The vocabularies that ship, and a working memory for each, which is used again and again so that
/// what its cache holds is tested too.
///
/// Unsafe only where several threads use it: libFuzzer calls with one.
nonisolated(unsafe) private let encoders: [(tokenizer: Tokenizer, encoder: TextEncoder)] = {
  let names: [ByteString] = ["qwen3", "cl100k", "o200k", "gpt-oss", "tekken", "deepseek-v3"]
  return names.compactMap { name in
    guard let tokenizer = try? Model.tokenizer(named: name),
      let encoder = try? tokenizer.makeEncoder()
    else { return nil }
    return (tokenizer, encoder)
  }
}()

/// Text is encoded and decoded without a loss, the same way by every road.
///
/// The first byte of the input chooses the vocabulary, the rest is the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  require(encoders.count == 6, "a shipped vocabulary is missing: run make build")
  let input = bytes(start, count)
  guard let choice = input.first else { return 0 }
  let (tokenizer, encoder) = encoders[Int(choice) % encoders.count]
  let text = Array(input.dropFirst())
  for addedTokens in [Tokenizer.AddedTokens.recognized, .ignored] {
    check(text, tokenizer, encoder, addedTokens)
  }
  return 0
}

private func check(
  _ text: [UInt8], _ tokenizer: Tokenizer, _ encoder: TextEncoder,
  _ addedTokens: Tokenizer.AddedTokens
) {
  guard let encoded = try? encoder.encode(text, addedTokens: addedTokens, recordingEnds: true)
  else {
    require(
      String(validating: text, as: UTF8.self) == nil, "text that is UTF-8 is refused")
    return
  }
  require(
    String(validating: text, as: UTF8.self) != nil, "text that is not UTF-8 is encoded")
  require(
    (try? encoder.encode(text, addedTokens: addedTokens))?.ids == encoded.ids,
    "without ends, or again, the tokens are others")
  require(
    (try? tokenizer.encode(text, addedTokens: addedTokens)) == encoded.ids,
    "with fresh working memory the tokens are others")
  require(
    (try? tokenizer.count(text, addedTokens: addedTokens)) == encoded.ids.count,
    "the count is not the number of tokens")
  require(encoded.ends.count == encoded.ids.count, "a token has no end")
  require(zip(encoded.ends, encoded.ends.dropFirst()).allSatisfy { $0 <= $1 }, "ends go back")
  require((encoded.ends.last ?? 0) == text.count, "the last token ends before the text")
  guard let decoded = try? tokenizer.decode(encoded.ids) else {
    require(false, "what was encoded cannot be decoded")
    return
  }
  guard tokenizer.vocabulary.configuration.normalization == .nfc else {
    require(decoded == text, "decoded it is another text")
    return
  }
  // Stretches between added tokens are normalised apart, so decoding gives the text that was
  // normalised, which is canonically equal.
  require(
    String(decoding: decoded, as: UTF8.self) == String(decoding: text, as: UTF8.self),
    "decoded it is not canonically equal")
}
