import Bytes
import OrderedJSON
import TestSupport
import Testing
import Tokenization

/// Ids that Hugging Face `tokenizers` 0.23.3 gives.
@Suite struct ReferenceVectorTests {
  @Test func equalTheIdsOfTheReference() throws {
    try check(Shared.packageRoot + "/Fixtures/tokens/qwen3.jsonl", atLeast: 290)
  }

  /// Skipped where the folder of reference data is not there.
  @Test(
    .enabled(if: Shared.folder != nil, "reference data beside the package"),
    arguments: [
      "qwen3", "qwen2.5", "cl100k", "o200k", "tekken", "deepseek-v3", "deepseek-r1", "deepseek-v4",
    ])
  func equalTheIdsOfTheReferenceOnTheSharedVectors(name: String) throws {
    try check("\(Shared.folder ?? "")/tokens/\(name).jsonl", atLeast: 457, vocabulary: name)
  }

  private func check(
    _ path: String, atLeast minimum: Int, vocabulary: String = "qwen3"
  ) throws {
    let catalog = try VocabularyCatalog(
      folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
    let tokenizer = try Tokenizer(try catalog.open(ByteString(vocabulary)))
    var count = 0
    for line in try Files.read(path).split(separator: UInt8(ascii: "\n")) {
      let node = try JSONParser.parse(Array(line))
      guard case .string(let text)? = node["text"]?.value,
        case .array(let ids)? = node["ids"]?.value,
        case .bool(let recognizes)? = node["special"]?.value
      else {
        Issue.record("\(path): malformed vector")
        continue
      }
      let expected: [UInt32] = ids.compactMap { id in
        if case .number(let number) = id.value { number.integer.map { UInt32($0) } } else { nil }
      }
      let encoded = try tokenizer.encode(
        text.bytes, addedTokens: recognizes ? .recognized : .ignored)
      #expect(encoded == expected, "\(text)")
      count += 1
    }
    #expect(count >= minimum)
  }
}
