internal import Bytes

/// What `tokenizer.ggml.pre` stands for: a name for how a model's own tokenizer treats text before it
/// merges.
///
/// Only names whose patterns are known are here. `default` is not: it stands for no model's tokenizer
/// but for what was written before the names were.
struct GGUFPreTokenizer {
  let splitPatterns: [ByteString]
  var normalization = VocabularyConfiguration.Normalization.none
  var ignoresMerges = false

  /// The pre-tokenizer called `name`; nil if it is not known.
  init?(name: ByteString) {
    switch name {
    case "qwen2":
      splitPatterns = [SplitFamily.qwen.pattern]
      normalization = .nfc
    case "qwen35":
      splitPatterns = [SplitFamily.qwenWithMarks.pattern]
      normalization = .nfc
    case "llama-bpe", "llama3", "llama-v3", "glm4", "chatglm-bpe":
      splitPatterns = [SplitFamily.cl100k.pattern]
      ignoresMerges = true
    case "gpt-4o", "llama4":
      splitPatterns = [SplitFamily.o200k.pattern]
      ignoresMerges = true
    case "tekken":
      splitPatterns = [SplitFamily.tekken.pattern]
      ignoresMerges = true
    case "deepseek-v3": splitPatterns = Self.deepSeek
    case "gpt-2": splitPatterns = [Self.gpt2]
    default: return nil
    }
  }

  private static let deepSeek: [ByteString] = [
    #"\p{N}{1,3}"#, "[一-龥\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+",
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\##r\##n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\##r\##n]*|\s*[\##r\##n]+|\s+(?!\S)|\s+"##,
  ]

  private static let gpt2: ByteString =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
}
