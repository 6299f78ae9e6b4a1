internal import Bytes
internal import Tokenization

extension PromptReply {
  /// The tokens that were generated, behind which the engine computed nothing: it has all but the last of them.
  ///
  /// The text is tokenised again, which need not give the tokens that the model chose. They are believed only if
  /// they are as many as the reply says; one less if the model ended it, whose last token has no text. Else none
  /// are.
  func generatedTokens(_ tokenizer: Tokenizer) -> [UInt32] {
    guard let text, let count = usage.generatedTokens, let ids = try? tokenizer.encode(text),
      !ids.isEmpty
    else { return [] }
    switch (finishReason, count - ids.count) {
    case ("length", 0): return ids
    // Which token ended it does not matter, since it is not kept.
    case ("stop", 1): return ids + [0]
    default: return []
    }
  }
}
