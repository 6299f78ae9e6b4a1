public import ChatTemplates
internal import Bytes
internal import OrderedJSON
internal import Tokenization

/// What becomes of a prompt when it is answered and the user goes on.
public enum NextTurn: Sendable {
  /// The next prompt begins with this one: nothing of it is computed again.
  case appends
  /// The chat template changes a part of it.
  case rewrites(Rewrite)
  /// The chat template refuses the conversation of the next turn, with this message.
  case unknown(String)

  /// What changes.
  public struct Rewrite: Sendable {
    /// The first difference, with its token; first is this prompt, second the next one.
    public var difference: TextDifference
    /// The position of the first token that changes.
    public var token: Int
    /// How many tokens of this prompt the next turn computes again.
    public var recomputedTokens: Int
  }
}

extension NextTurn {
  /// Renders the next turn of a prompt and compares; nil if the prompt does not end for an answer.
  ///
  /// The answer is a text, or a text with reasoning if the template changes less then.
  ///
  /// - Parameter request: what `text` was rendered from.
  /// - Complexity: one or two renderings; the next prompt is encoded only if something changes.
  init?(
    after request: TemplateRequest, _ text: [UInt8], _ tokens: [UInt32], _ template: ChatTemplate,
    _ tokenizer: Tokenizer
  ) throws(TokenizerError) {
    guard request.addGenerationPrompt else { return nil }
    var closest: TextDifference?
    var next: [UInt8] = []
    var refusal: TemplateError?
    for answer in Self.answers {
      var later = request
      later.messages += [answer, Self.question]
      let rendered: [UInt8]
      do {
        rendered = try template.render(later).bytes
      } catch {
        refusal = refusal ?? error
        continue
      }
      guard !rendered.starts(with: text) else {
        self = .appends
        return
      }
      guard let difference = TextDifference(text, rendered) else { continue }
      if difference.byte > closest?.byte ?? -1 {
        closest = difference
        next = rendered
      }
    }
    guard var closest else {
      self = .unknown(refusal?.message ?? "")
      return
    }
    let shared = Tokenizer.sharedCount(tokens, try tokenizer.makeEncoder().encode(next).ids)
    closest.token = shared
    self = .rewrites(
      Rewrite(difference: closest, token: shared, recomputedTokens: tokens.count - shared))
  }

  private static let answers: [JSONNode] = [
    JSONNode(.object(["role": .string("assistant"), "content": .string("Answer")])),
    JSONNode(
      .object([
        "role": .string("assistant"), "content": .string("Answer"),
        "reasoning_content": .string("Reason"),
      ])),
  ]

  private static let question = JSONNode(
    .object(["role": .string("user"), "content": .string("Question")]))

  /// The form that reports have.
  var json: JSONValue {
    switch self {
    case .appends: .object(["append_only": .bool(true)])
    case .rewrites(let rewrite):
      .object([
        "append_only": .bool(false), "token": .integer(rewrite.token),
        "recomputed_tokens": .integer(rewrite.recomputedTokens),
        "difference": rewrite.difference.json,
      ])
    case .unknown(let message): .object(["refused": .string(ByteString(message))])
    }
  }
}

extension NextTurn.Rewrite {
  /// What to say of it.
  ///
  /// - Parameters:
  ///   - template: the name of the template.
  ///   - count: the tokens of the prompt.
  func description(_ template: String, of count: Int) -> String {
    var place: [UInt8] = []
    JSONWriter.appendQuoted(difference.before.bytes, to: &place)
    return
      "the chat template \(template) changes this prompt when the user goes on, from token \(token) on, "
      + "behind \(ByteString(place)): the next turn computes \(recomputedTokens) of \(count) tokens again"
  }
}
