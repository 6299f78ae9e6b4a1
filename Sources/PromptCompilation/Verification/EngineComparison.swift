internal import Bytes
internal import TextProcessing
public import Tokenization

/// The prompt that an engine makes of a request, held against the one that was compiled: token for token,
/// and where they part, why.
public struct EngineComparison: Sendable {
  /// Why an engine computes other tokens.
  public enum Cause: String, Sendable, CaseIterable {
    /// It renders another text.
    case template
    /// It puts a token before the prompt, or leaves the first one out.
    case beginning
    /// It cuts the text as it is, where the model's tokenizer normalises it first, or the other way round.
    case normalization
    /// It reads a piece of text as an added token, or an added token as text.
    case addedToken = "added_token"
    /// It cuts the same text in another way.
    case vocabulary
  }

  /// The compiled prompt and the engine's, side by side.
  public let difference: PrefixDifference
  /// Why they differ; nil if they are the same.
  public let cause: Cause?
  /// Why they differ and what to do, for people; what is the same where they do not.
  public let reason: String

  /// Compares a prompt.
  ///
  /// - Parameters:
  ///   - prompt: the compiled prompt.
  ///   - tokens: what the engine computes of the same request.
  ///   - text: the text that it renders; nil if it does not tell.
  ///   - engine: what messages call it.
  ///   - tokenizer: that of the model the prompt was compiled for.
  /// - Complexity: linear.
  public init(
    _ prompt: TokenizedPrompt, tokens: [UInt32], text: [UInt8]?, of engine: String,
    tokenizer: Tokenizer
  ) {
    // The vocabulary of the engine may have more ids.
    let decoded = TokenizedPrompt(name: engine, tokens: tokens, tokenizer: tokenizer) { _ in
      Array("\u{FFFD}".utf8)
    }
    difference = PrefixDifference(prompt, decoded)
    let finder = CauseFinder(
      prompt: prompt, engine: decoded, text: text ?? decoded.text, shared: difference.sharedTokens,
      tokenizer: tokenizer)
    cause = difference.relation == .equal ? nil : finder.cause
    reason = finder.reason(for: cause, difference)
  }
}

/// Looks for the cause of a difference, the most certain ones first.
private struct CauseFinder {
  let prompt: TokenizedPrompt
  let engine: TokenizedPrompt
  /// What the engine cuts into tokens.
  let text: [UInt8]
  let shared: Int
  let tokenizer: Tokenizer

  var cause: EngineComparison.Cause {
    if engine.tokens.dropFirst() == prompt.tokens[...]
      || prompt.tokens.dropFirst() == engine.tokens[...]
    {
      return .beginning
    }
    guard text == prompt.text else {
      return normalized(text) == normalized(prompt.text) ? .normalization : .template
    }
    guard engine.text == prompt.text else {
      return normalized(engine.text) == normalized(prompt.text) ? .normalization : .vocabulary
    }
    if addedToken(engine, beside: prompt) ?? addedToken(prompt, beside: engine) != nil {
      return .addedToken
    }
    return normalized(prompt.text) != prompt.text ? .normalization : .vocabulary
  }

  func reason(for cause: EngineComparison.Cause?, _ difference: PrefixDifference) -> String {
    switch cause {
    case nil: return "the engine computes the same \(prompt.tokens.count) tokens"
    case .template:
      let place = difference.first.section.map { ", first in \($0.title)" } ?? ""
      return
        "the engine renders another text\(place): give its template with --chat-template, or its "
        + "arguments with --chat-template-kwargs"
    case .beginning:
      let (longer, verb) =
        engine.tokens.count > prompt.tokens.count
        ? (engine, "puts") : (prompt, "leaves out")
      return "the engine \(verb) \(shown(longer.piece(0))) before the prompt; is it told by the "
        + "template and by the tokenizer's settings too?"
    case .normalization:
      return
        "the engine does not normalise the text as the model's tokenizer does: let it stand in "
        + "NFC, which the pass normalize sees to"
    case .addedToken:
      let read = addedToken(engine, beside: prompt)
      let token = read ?? addedToken(prompt, beside: engine) ?? ""
      return
        "the engine \(read != nil ? "reads" : "does not read") \(token) as one token: take it out of the text"
        + (difference.first.section.map { " of \($0.title)" } ?? "")
        + ", or let policy.control_tokens escape it"
    case .vocabulary:
      return "the engine cuts the same text into other tokens: its vocabulary is not that of the "
        + "model the prompt was compiled for"
    }
  }

  /// The text that one side reads as a token that no merges make, and the other side does not, quoted; nil
  /// if there is none at the difference. The texts are the same.
  private func addedToken(_ side: TokenizedPrompt, beside other: TokenizedPrompt) -> String? {
    for index in side.tokens.indices.dropFirst(shared).prefix(Self.searchLimit) {
      let piece = Array(side.piece(index))
      guard let merged = try? tokenizer.encode(piece, addedTokens: .ignored),
        merged != [side.tokens[index]]
      else { continue }
      let start = side.start(ofToken: index)
      let place = other.tokenCount(before: start)
      let isShared =
        other.tokens.indices.contains(place) && other.tokens[place] == side.tokens[index]
        && other.start(ofToken: place) == start
      return isShared ? nil : shown(piece[...])
    }
    return nil
  }

  /// So many tokens from the difference on are looked at.
  private static let searchLimit = 64

  private func normalized(_ text: [UInt8]) -> [UInt8] {
    (try? Normalizer.normalized(text)) ?? text
  }

  private func shown(_ piece: ArraySlice<UInt8>) -> String {
    String(reflecting: String(decoding: piece, as: UTF8.self))
  }
}
