internal import Bytes

/// Puts what was sent in place of what the user said in the earlier turns that the state of the conversation
/// knows, so that the prompt begins as the one before did.
///
/// A turn is taken only where all that was said up to it, its own words included, is what was said then.
struct RecallPass: Pass {
  let name = PassName.recall
  /// What was sent.
  let state: ConversationState

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    var recall = Recall(history: ConversationHistory())
    // An answer that has begun is behind what is asked.
    let end = prompt.conversation.count - (prompt.ending == .openMessage ? 1 : 0)
    for index in prompt.conversation[..<end].indices {
      let message = prompt.conversation[index]
      // The system text is no part of what was said.
      if message.role == "system" { continue }
      guard message.role == "user" else {
        recall.history.append(message)
        continue
      }
      var said = UserWords(message.content, at: recall.history)
      if let turn = turn(at: said, of: message.content, &recall, prompt.spec, message.offset) {
        said.digests = turn.words
        recall.turns[index] = turn
        prompt.conversation[index].content = turn.content
        prompt.conversation[index].content?.offset = message.content?.offset ?? 0
      }
      recall.words[index] = said
      recall.history.append(words: said.digests.first)
    }
    if let query = prompt.query {
      let variables = prompt.spec.variables
      recall.current = UserWords(query, at: recall.history, resolving: variables)
      note(recall.current, &recall)
    }
    prompt.warnings += recall.warnings
    prompt.notes += recall.notes
    if !recall.turns.isEmpty {
      let count = recall.turns.count
      prompt.notes.append(
        count == 1 ? "1 earlier turn as it was sent" : "\(count) earlier turns as they were sent")
    }
    prompt.recall = recall
    return prompt
  }

  /// The turn that the user's words are those of; nil if none is known, or if something else was said.
  private func turn(
    at said: UserWords, of content: Content?, _ recall: inout Recall, _ spec: Spec, _ offset: Int
  ) -> ConversationState.Turn? {
    guard !recall.hasDiverged, let content,
      let turn = state.turns.first(where: { $0.place == said.history.place })
    else { return nil }
    if turn.history == said.history.digest, turn.said(content) { return turn }
    recall.hasDiverged = true
    let isEdited = turn.history == said.history.digest
    recall.warnings.append(
      spec.diagnostic(
        .warning, at: offset,
        (isEdited ? "this message is" : "a message before this one is")
          + " not what it was then: what was sent from here on is forgotten"))
    return nil
  }

  /// Notes that another question stands in the place of one that was asked.
  private func note(_ said: UserWords?, _ recall: inout Recall) {
    guard !recall.hasDiverged, let said,
      let turn = state.turns.first(where: { $0.place == said.history.place })
    else { return }
    guard turn.history != said.history.digest || turn.words.first != said.digests.first else {
      return
    }
    recall.hasDiverged = true
    recall.notes.append(
      "another question was asked here before: what was sent from here on is forgotten")
  }
}

/// What the state of a conversation gave for a prompt.
struct Recall: Sendable {
  /// What was said, up to the current message.
  var history: ConversationHistory
  /// The turns that stand as they were sent, by their place in the conversation.
  var turns: [Int: ConversationState.Turn] = [:]
  /// What the user said, by its place in the conversation.
  var words: [Int: UserWords] = [:]
  /// What the user says now; nil if nothing.
  var current: UserWords?
  /// Whether something else is said than when the state was made.
  var hasDiverged = false
  fileprivate var warnings: [Diagnostic] = []
  fileprivate var notes: [String] = []

  init(history: ConversationHistory) {
    self.history = history
  }
}

/// What the user said in a message, and what was said before.
struct UserWords: Sendable {
  /// What was said before it.
  let history: ConversationHistory
  /// As the caller gave it, and with the values of variables if that is something else.
  var digests: [Digest] = []

  init(
    _ content: Content?, at history: ConversationHistory, resolving variables: [Variable]? = nil
  ) {
    self.history = history
    guard let content else { return }
    digests = [Digest(ofWords: content)]
    guard let variables else { return }
    var resolved = content
    do throws(UnknownVariable) {
      try resolved.mapTexts { text throws(UnknownVariable) in
        try Variable.substitute(variables, in: text)
      }
    } catch {
      return
    }
    let digest = Digest(ofWords: resolved)
    if digest != digests[0] { digests.append(digest) }
  }
}
