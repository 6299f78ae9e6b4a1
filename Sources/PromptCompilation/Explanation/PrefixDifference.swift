internal import Bytes

/// Where and why two prompts stop sharing the tokens that they begin with.
public struct PrefixDifference: Sendable {
  /// How the tokens of the prompts stand to each other.
  public enum Relation: String, Sendable {
    /// They are the same.
    case equal
    /// The first prompt is the beginning of the second.
    case firstIsPrefix = "first_is_prefix"
    /// The second prompt is the beginning of the first.
    case secondIsPrefix = "second_is_prefix"
    /// They go on with different tokens.
    case differ
  }

  /// One of the two prompts, at the first token that differs.
  public struct Side: Sendable {
    /// The prompt.
    public let prompt: TokenizedPrompt
    /// The token at the difference; nil if the prompt ends there.
    public let token: UInt32?
    /// The first byte that differs in the text, at a whole character; where only the tokens differ the
    /// beginning of the token.
    public let byte: Int
    /// The section of that byte; nil where none are known.
    public let section: Section?
    /// Where it comes from; nil for a prompt that was not compiled from a spec.
    public let place: PromptPlace?
    /// The tokens from the difference to the end.
    public let remainingTokens: Int
  }

  /// The first prompt.
  public let first: Side
  /// The second prompt.
  public let second: Side
  /// How many tokens both begin with.
  public let sharedTokens: Int
  /// How the two stand to each other.
  public let relation: Relation
  /// The tokens that both end with, behind the difference.
  public let sharedEndTokens: Int
  /// The tokens of blocks of the first prompt, behind the difference, that the second has as they are behind
  /// the difference: they would be shared if they stood before it.
  public let movableTokens: Int
  /// Why, for people.
  public let reason: String

  /// Compares two prompts.
  ///
  /// - Complexity: linear.
  public init(_ first: TokenizedPrompt, _ second: TokenizedPrompt) {
    let shared = zip(first.tokens, second.tokens).prefix { $0 == $1 }.count
    sharedTokens = shared
    let limit = min(first.tokens.count, second.tokens.count)
    relation =
      shared < limit
      ? .differ
      : first.tokens.count == second.tokens.count
        ? .equal : first.tokens.count == limit ? .firstIsPrefix : .secondIsPrefix
    sharedEndTokens =
      zip(first.tokens.reversed(), second.tokens.reversed())
      .prefix { $0 == $1 }.prefix(limit - shared).count
    let (one, two) = Self.bytes(first, second, shared)
    self.first = Self.side(first, shared, one)
    self.second = Self.side(second, shared, two)
    movableTokens = relation == .differ ? Self.movable(first, second, one, two) : 0
    reason = DifferenceReason(relation, self.first, self.second).text
  }

  /// The first bytes that differ behind `shared` tokens.
  private static func bytes(
    _ first: TokenizedPrompt, _ second: TokenizedPrompt, _ shared: Int
  ) -> (Int, Int) {
    let (one, two) = (first.start(ofToken: shared), second.start(ofToken: shared))
    let (left, right) = (first.text[one...], second.text[two...])
    var common = zip(left, right).prefix { $0 == $1 }.count
    // The same text in other tokens differs where the tokens do.
    if common == left.count, common == right.count { return (one, two) }
    // Back to the beginning of a character.
    while common > 0, first.text.indices.contains(one + common),
      first.text[one + common] & 0xC0 == 0x80
    {
      common -= 1
    }
    return (one + common, two + common)
  }

  private static func side(_ prompt: TokenizedPrompt, _ shared: Int, _ byte: Int) -> Side {
    let section = prompt.section(at: byte)
    return Side(
      prompt: prompt, token: shared < prompt.tokens.count ? prompt.tokens[shared] : nil,
      byte: byte, section: section, place: section.flatMap { prompt.place(of: $0, at: byte) },
      remainingTokens: prompt.tokens.count - shared)
  }

  private static func movable(
    _ first: TokenizedPrompt, _ second: TokenizedPrompt, _ one: Int, _ two: Int
  ) -> Int {
    func blocks(_ prompt: TokenizedPrompt, _ byte: Int) -> [(text: ByteString, tokens: Int)] {
      prompt.sections.filter { $0.kind == .block && $0.bytes.end > byte }.map {
        (ByteString(prompt.text[$0.bytes.start..<$0.bytes.end]), $0.tokens.count)
      }
    }
    let others = Set(blocks(second, two).map(\.text))
    return blocks(first, one).filter { others.contains($0.text) }.reduce(0) { $0 + $1.tokens }
  }
}

/// Says why two prompts differ, by the sections of the difference.
private struct DifferenceReason {
  let text: String

  init(
    _ relation: PrefixDifference.Relation, _ first: PrefixDifference.Side,
    _ second: PrefixDifference.Side
  ) {
    switch relation {
    case .equal: text = "the prompts have the same tokens"
    case .firstIsPrefix: text = "the first prompt is the beginning of the second"
    case .secondIsPrefix: text = "the second prompt is the beginning of the first"
    case .differ:
      if first.prompt.text == second.prompt.text {
        text = "the same text is cut into other tokens"
      } else if let left = first.section, let right = second.section {
        text = Self.reason(left, right, first, second)
      } else {
        text = "the texts differ"
      }
    }
  }

  private static func reason(
    _ left: Section, _ right: Section, _ first: PrefixDifference.Side,
    _ second: PrefixDifference.Side
  ) -> String {
    if left.kind == right.kind, left.label == right.label {
      return same(left, first)
    }
    let isThere = contains(second.prompt, left)
    let isHere = contains(first.prompt, right)
    switch (left.kind, right.kind) {
    case (.block, .block):
      if first.prompt.text[left.content.start..<left.content.end]
        == second.prompt.text[right.content.start..<right.content.end]
      {
        return "the same block has two labels: \(left.title), \(right.title)"
      }
      if isThere, isHere {
        return "the blocks stand in another order: \(left.title) here, \(right.title) there"
      }
    default: break
    }
    if !isThere, isHere { return "\(left.title) is only in the first prompt" }
    if isThere, !isHere { return "\(right.title) is only in the second prompt" }
    return "\(left.title) in the first prompt, \(right.title) in the second"
  }

  private static func same(_ section: Section, _ side: PrefixDifference.Side) -> String {
    switch section.kind {
    case .opening, .closing: return "the words of the chat template differ"
    case .annotation: return "the line with the order of importance differs"
    case .block where side.byte < section.content.start:
      return "the id or the title of \(section.title) differs"
    case .system where side.byte < section.content.start:
      return "what the chat template puts before the system text differs"
    default: return "the text of \(section.title) differs"
    }
  }

  private static func contains(_ prompt: TokenizedPrompt, _ section: Section) -> Bool {
    prompt.sections.contains { $0.kind == section.kind && $0.label == section.label }
  }
}
