internal import Bytes
internal import ContextIndex

extension PromptCompiler {
  /// Compiles the next turn of a conversation: what was sent in earlier turns stands as it was sent, and what
  /// they showed is not shown again. What is sent now is added to the state.
  ///
  /// A turn that is compiled again gives the same prompt and the same state. Where something else is said than
  /// before, what was sent from there on is forgotten, and there is a warning. So is all of it where the prompt
  /// would be too long with it, or a budget would leave out more blocks.
  ///
  /// - Parameters:
  ///   - state: what was sent under the spec's `conversation_id`; nil if nothing was. A spec without an id
  ///     leaves it as it is, and so does an error.
  ///   - explaining: whether the tokens before and after each pass are counted.
  ///   - time: now, in milliseconds since any fixed moment, for an index in which entries age.
  /// - Throws: `CompilationError` with everything that is wrong with the spec, or if the state is that of
  ///   another conversation, model or tenant.
  public func compile(
    _ spec: Spec, state: inout ConversationState?, explaining: Bool = false, at time: UInt64 = 0
  ) throws(CompilationError) -> CompiledPrompt {
    guard let key = conversationKey(of: spec) else {
      return try compile(spec, explaining: explaining, at: time)
    }
    let sent = state ?? ConversationState(key)
    guard sent.key == key else {
      throw CompilationError(
        file: spec.name, message: ConversationStateError.ofAnother.description)
    }
    let context = passContext(at: time, isConversation: true)
    var turn = try turn(spec, from: sent, explaining: explaining, context)
    var corrections = 0
    while corrections < Self.correctionLimit, corrects(turn.compilation, turn.prompt, context) {
      corrections += 1
      turn = try self.turn(spec, from: sent, explaining: explaining, context)
    }
    turn.prompt.sent = try record(turn.compilation, context)
    if let recall = turn.compilation.prompt.recall {
      state = turn.sent.adding(turn.compilation.prompt, turn.prompt, recall)
    }
    return turn.prompt
  }

  /// Compiles a turn from what was sent, or from nothing if the earlier turns leave it less room than it needs.
  private func turn(
    _ spec: Spec, from sent: ConversationState, explaining: Bool, _ context: PassContext
  ) throws(CompilationError) -> CompiledTurn {
    var recalled: CompiledTurn?
    do {
      let turn = try compiled(spec, from: sent, explaining: explaining, context)
      if turn.leftOut == 0 || turn.prompt.continued?.turns ?? 0 == 0 { return turn }
      recalled = turn
    } catch {
      guard error.shortage != nil || error.exceedsContext, !sent.turns.isEmpty else { throw error }
    }
    var new = try compiled(
      spec, from: ConversationState(sent.key), explaining: explaining, context)
    if let recalled, recalled.leftOut <= new.leftOut { return recalled }
    new.prompt.warnings.append(
      Diagnostic(
        .warning, file: spec.name,
        message: "what was sent in earlier turns leaves too little room: it is forgotten"))
    return new
  }

  /// Compiles a turn, and records nothing yet.
  private func compiled(
    _ spec: Spec, from sent: ConversationState, explaining: Bool, _ context: PassContext
  ) throws(CompilationError) -> CompiledTurn {
    var compilation = try start(spec, explaining: explaining)
    try advance(&compilation, through: [RecallPass(state: sent)] + Self.preparation, context)
    var prompt = try finish(&compilation, context)
    prompt.continued = compilation.prompt.recall.map { ContinuedConversation($0, prompt.tokens) }
    return CompiledTurn(sent: sent, compilation: compilation, prompt: prompt)
  }

  /// Whose state a spec's conversation has; nil if the spec names no conversation.
  public func conversationKey(of spec: Spec) -> ConversationState.Key? {
    spec.conversationID.map { id in
      ConversationState.Key(
        tenant: spec.tenant ?? "", model: model.profile.name, conversation: id)
    }
  }
}

/// A turn that was compiled, and what it was compiled from.
private struct CompiledTurn {
  let sent: ConversationState
  let compilation: Compilation
  var prompt: CompiledPrompt

  /// How many blocks are not shown, or not whole, to fit a budget.
  var leftOut: Int { prompt.fit.map { $0.dropped.count + $0.truncated.count } ?? 0 }
}

/// How a prompt goes on from those before it.
public struct ContinuedConversation: Hashable, Sendable {
  /// How many earlier turns stand as they were sent.
  public let turns: Int
  /// How many tokens it begins with that the prompt of an earlier turn began with as well, the latest that there is
  /// one of; 0 if it begins otherwise than all, as with another system text. What the chat template changes does
  /// not count. Nil if that is not known.
  public let tokens: Int?

  init(_ recall: Recall, _ ids: [UInt32]) {
    turns = recall.turns.count
    let latestFirst = recall.turns.values.sorted { $0.place > $1.place }
    let known = latestFirst.flatMap(\.beginnings)
    tokens = known.isEmpty ? nil : known.first { $0.begins(ids) }?.tokens ?? 0
  }
}

extension ConversationState {
  /// The state behind a prompt that was compiled.
  fileprivate func adding(
    _ prompt: PromptRepresentation, _ compiled: CompiledPrompt, _ recall: Recall
  ) -> ConversationState {
    var state = ConversationState(key)
    for message in prompt.messages where message.role == "user" {
      switch message.origin {
      case .system: break
      case .conversation(let index):
        if let turn = recall.turns[index] {
          state.turns.append(turn)
        } else if !message.parts.isEmpty, let words = recall.words[index] {
          // The blocks of this prompt opened it.
          state.turns += [Turn(message, words, of: prompt)].compactMap { $0 }
        }
      case .current:
        guard let words = recall.current,
          var turn = Turn(message, words, of: prompt)
        else { continue }
        turn.beginnings = compiled.beginnings
        state.turns.append(turn)
      }
    }
    guard !recall.hasDiverged else { return state }
    // A turn that is compiled again does not end the conversation.
    let last = state.turns.last
    let known = last.flatMap { last in turns.first { $0.place == last.place } }
    if recall.current == nil || known.map({ $0.bytes == last?.bytes }) == true {
      state.turns += turns.filter { $0.place > last?.place ?? -1 }
    }
    return state
  }
}

extension ConversationState.Turn {
  /// A message that was put together; nil if the user says nothing in it.
  fileprivate init?(_ message: PromptMessage, _ words: UserWords, of prompt: PromptRepresentation) {
    guard let content = message.content, !words.digests.isEmpty else { return nil }
    place = words.history.place
    history = words.history.digest
    self.words = words.digests
    self.content = content
    var blocks: [ByteString: ContextBlock] = [:]
    for block in prompt.blocks { blocks[block.label] = block }
    parts = message.parts.map { part in
      let block = part.label.flatMap { blocks[$0] }
      let kind: ConversationState.Part.Kind =
        switch part.kind {
        case .block: .block
        case .reference: block?.referent == part.label ? .repeated : .alias
        default: .rest
        }
      return ConversationState.Part(
        kind: kind, label: kind == .rest ? "" : part.label ?? "",
        fingerprint: block.flatMap { kind == .block ? $0.contentFingerprint : nil }
          ?? BlockFingerprint(high: 0, low: 0),
        range: part.range, content: part.content)
    }
  }
}

extension CompiledPrompt {
  /// What a prompt that goes on from this one begins with: all that the chat template lets stand, or, where an
  /// answer is of another form than it expects, what stands before the answer.
  fileprivate var beginnings: [ConversationState.Beginning] {
    let lasting: Int
    switch nextTurn {
    case .appends?: lasting = tokens.count
    case .rewrites(let rewrite)?: lasting = rewrite.token
    case .unknown?, nil: return []
    }
    let ends = seal.sections.suffix(2).map { min($0.stableEnd, lasting) }
    return Set(ends).sorted(by: >).filter { $0 > 0 }.map { end in
      ConversationState.Beginning(
        tokens: end, prefix: Digest(chaining: .zero, tokens: tokens[..<end]))
    }
  }
}
