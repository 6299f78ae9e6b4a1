import Bytes
import Tokenization

/// The 256 tokens of one byte each, which every byte-level vocabulary begins with.
public let byteTokens: [ByteString] = (UInt8.min...UInt8.max).map { ByteString([$0]) }

/// A small vocabulary: the bytes, five merges, and added tokens with every flag.
public let toyVocabulary = VocabularyDescription(
  name: "toy",
  tokens: byteTokens + ["ab", "abc", " a", "é", "tion"],
  merges: [
    .init(left: 0x61, right: 0x62, result: 256), .init(left: 256, right: 0x63, result: 257),
    .init(left: 0x20, right: 0x61, result: 258), .init(left: 0xC3, right: 0xA9, result: 259),
  ],
  configuration: VocabularyConfiguration(
    normalization: .nfc, splitPatterns: [#"\p{L}+|\s+|[^\p{L}\s]+"#], ignoresMerges: true,
    addedTokens: [
      AddedToken(id: 261, content: "<|end|>"),
      AddedToken(id: 262, content: "<e>", stripsLeft: true, stripsRight: true),
      AddedToken(id: 263, content: "word", isSpecial: false, isSingleWord: true),
      AddedToken(id: 264, content: "é!", isSpecial: false, isNormalized: true),
    ]))
