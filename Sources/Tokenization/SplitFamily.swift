internal import Bytes

/// The split patterns that are known, each of which `SplitScanner` splits by hand.
enum SplitFamily: CaseIterable, Sendable {
  /// Qwen 2 to 3: words without marks, single digits.
  case qwen
  /// Qwen 3.5: words with marks, single digits.
  case qwenWithMarks
  /// cl100k as tokenizer.json files spell it (Llama 3, GLM): words without marks, up to 3 digits.
  case cl100k
  /// o200k (also Llama 4, MiniMax): words by case, with contractions, up to 3 digits.
  case o200k
  /// Mistral's tekken: words by case, single digits.
  case tekken

  /// The split pattern, as the models' own files spell it.
  var pattern: ByteString {
    switch self {
    case .qwen:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .qwenWithMarks:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .cl100k:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .o200k:
      #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .tekken:
      #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }
  }

  /// The family of the split patterns of a vocabulary; nil if they are not known.
  init?(_ splitPatterns: [ByteString]) {
    guard splitPatterns.count == 1,
      let family = Self.allCases.first(where: { $0.pattern == splitPatterns[0] })
    else { return nil }
    self = family
  }
}
