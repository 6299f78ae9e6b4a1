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
      splitPatterns = [Self.qwen]
      normalization = .nfc
    case "qwen35":
      splitPatterns = [Self.qwenWithMarks]
      normalization = .nfc
    case "llama-bpe", "llama3", "llama-v3", "glm4", "chatglm-bpe":
      splitPatterns = [Self.cl100k]
      ignoresMerges = true
    case "gpt-4o", "llama4":
      splitPatterns = [Self.o200k]
      ignoresMerges = true
    case "tekken":
      splitPatterns = [Self.tekken]
      ignoresMerges = true
    case "deepseek-v3": splitPatterns = Self.deepSeek
    case "gpt-2": splitPatterns = [Self.gpt2]
    default: return nil
    }
  }

  private static let qwen: ByteString =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let qwenWithMarks: ByteString =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let cl100k: ByteString =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let o200k: ByteString =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let tekken: ByteString =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let deepSeek: [ByteString] = [
    #"\p{N}{1,3}"#, "[一-龥\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+",
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\##r\##n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\##r\##n]*|\s*[\##r\##n]+|\s+(?!\S)|\s+"##,
  ]

  private static let gpt2: ByteString =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
}
