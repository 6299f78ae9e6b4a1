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
      splitPatterns = SplitFamily.qwen.patterns
      normalization = .nfc
    case "qwen35":
      splitPatterns = SplitFamily.qwenWithMarks.patterns
      normalization = .nfc
    case "llama-bpe", "llama3", "llama-v3", "glm4", "chatglm-bpe":
      splitPatterns = SplitFamily.cl100k.patterns
      ignoresMerges = true
    case "gpt-4o", "llama4":
      splitPatterns = SplitFamily.o200k.patterns
      ignoresMerges = true
    case "tekken":
      splitPatterns = SplitFamily.tekken.patterns
      ignoresMerges = true
    case "deepseek-v3": splitPatterns = SplitFamily.deepseek.patterns
    case "gpt-2": splitPatterns = SplitFamily.gpt2.patterns
    default: return nil
    }
  }
}
