/// The prompt of one turn of a conversation, and what it shares with that of the turn before.
public struct TurnShare: Sendable {
  /// The place of the user's message in the conversation, from 0; nil for the request itself.
  public let turn: Int?
  /// The tokens of the prompt.
  public let tokens: Int
  /// How many tokens it begins with that the prompt of the turn before has; 0 for the first.
  public let sharedTokens: Int
  /// How many tokens of the prompt of the turn before are computed again.
  public let recomputedTokens: Int
}

extension PromptCompiler {
  /// The most turns that are compiled: the latest.
  private static let turnLimit = 40

  /// Compiles what was sent at each user message of a conversation, with the same blocks, and compares each
  /// with the one before; empty for a spec of one turn.
  ///
  /// Turns that cannot be compiled by themselves are left out. An index is neither asked nor told.
  ///
  /// - Complexity: a compilation for each of the latest 40 turns.
  public func turns(of spec: Spec) -> [TurnShare] {
    let compiler = with(index: nil)
    var places: [Int?] = spec.conversation.indices.filter { spec.conversation[$0].role == "user" }
    // Without a query the last message of the user is the request.
    if spec.query == nil, places.last == spec.conversation.count - 1 { places.removeLast() }
    var turns: [TurnShare] = []
    var before: [UInt32] = []
    for place in (places + [nil]).suffix(Self.turnLimit) {
      var turn = spec
      if let place {
        turn.query = spec.conversation[place].content
        turn.conversation = Array(spec.conversation[..<place])
      }
      guard let tokens = try? compiler.compile(turn).tokens else { continue }
      let shared = zip(before, tokens).prefix { $0 == $1 }.count
      turns.append(
        TurnShare(
          turn: place, tokens: tokens.count, sharedTokens: shared,
          recomputedTokens: before.count - shared))
      before = tokens
    }
    return turns.count > 1 ? turns : []
  }
}
