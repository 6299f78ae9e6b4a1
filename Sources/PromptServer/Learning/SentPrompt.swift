package import Bytes
internal import NIOPosix
internal import Synchronization

/// What was taken for sent of one request before it was sent, until its reply says what became of it.
///
/// It is open until it is confirmed, failed or ended. What is added later is told at once what became of it: a
/// prompt may be compiled in vain for longer than its reply takes. While the prompt is still counted, what its reply
/// says waits for that.
package final class SentPrompt: Sendable {
  private enum Stage {
    case open
    case confirmed
    case ended(PromptReply)
    case failed(SendFailure)
    case absorbed(SentPrompt)
  }
  private struct State {
    var stage = Stage.open
    var records: [any SentRecord] = []
    var pool: NIOThreadPool?
    var isBeingCounted = false
    var countedTokens: Int?
    var readsCache = true
    /// The reply, if it ended while the prompt was counted.
    var delayed: PromptReply?
  }
  private let state: Mutex<State> = Mutex(State())

  /// Adds something that was taken for sent.
  package func add(_ record: any SentRecord) {
    let (stage, isKept) = state.withLock { state in
      let isKept: Bool
      switch state.stage {
      case .open, .confirmed: isKept = true
      case .ended: isKept = state.delayed != nil
      case .failed, .absorbed: isKept = false
      }
      if isKept { state.records.append(record) }
      return (state.stage, isKept)
    }
    switch stage {
    case .open: break
    case .confirmed: record.confirm()
    case .ended(let reply):
      record.confirm()
      if !isKept { record.finish(reply) }
    case .failed(let failure): record.retract(failure)
    case .absorbed(let other): other.add(record)
    }
  }

  /// Takes over what was and will be added to another one, which takes part in nothing else any more.
  func absorb(_ other: SentPrompt) {
    let (records, pool) = other.state.withLock { state in
      defer {
        state.records = []
        state.stage = .absorbed(self)
      }
      return (state.records, state.pool)
    }
    if let pool { settles(on: pool) }
    for record in records { add(record) }
  }

  /// Says which thread the records learn on from the reply. What is computed there before is done before.
  func settles(on pool: NIOThreadPool) {
    state.withLock { $0.pool = pool }
  }

  /// Says that the prompt is counted beside its request: what is learned from the reply waits for that.
  func beginCounting() {
    state.withLock { $0.isBeingCounted = true }
  }

  /// Says that the prompt was counted, or will not be.
  func endCounting() {
    let ended = state.withLock { state -> PromptReply? in
      state.isBeingCounted = false
      defer { state.delayed = nil }
      return state.delayed
    }
    if let ended { learn(from: ended) }
  }

  /// Notes how many tokens the prompt has as we count them.
  ///
  /// - Parameter readsCache: whether the engine is to use what it has cached of it.
  package func note(countedTokens: Int, readsCache: Bool = true) {
    state.withLock {
      $0.countedTokens = countedTokens
      $0.readsCache = readsCache
    }
  }

  /// Takes in that a reply to the computed prompt began.
  func confirm() {
    let records = state.withLock { state -> [any SentRecord] in
      guard case .open = state.stage else { return [] }
      state.stage = .confirmed
      return state.records
    }
    for record in records { record.confirm() }
  }

  /// Takes in that the prompt was not computed, as far as is known.
  func fail(_ failure: SendFailure) {
    let records = state.withLock { state -> [any SentRecord] in
      guard case .open = state.stage else { return [] }
      state.stage = .failed(failure)
      defer { state.records = [] }
      return state.records
    }
    for record in records { record.retract(failure) }
  }

  /// Takes in that the reply ended; a prompt that was not confirmed has failed.
  func end(_ reply: PromptReply) {
    let isCounted = state.withLock { state -> Bool? in
      guard case .confirmed = state.stage else { return nil }
      state.stage = .ended(reply)
      if state.isBeingCounted { state.delayed = reply }
      return !state.isBeingCounted
    }
    guard let isCounted else { return fail(.unknown) }
    if isCounted { learn(from: reply) }
  }

  private func learn(from reply: PromptReply) {
    let (records, pool, countedTokens, readsCache) = state.withLock { state in
      defer { state.records = [] }
      return (state.records, state.pool, state.countedTokens, state.readsCache)
    }
    var reply = reply
    reply.countedTokens = countedTokens
    reply.readsCache = readsCache
    // What was not looked up may be there.
    if !readsCache { reply.usage.cachedTokens = nil }
    let finish: @Sendable () -> Void = { [reply] in
      for record in records { record.finish(reply) }
    }
    guard let pool else { return finish() }
    pool.submit { work in
      if case .active = work { finish() }
    }
  }
}

/// One thing that was taken for sent: where it is noted, and how that is put right.
package protocol SentRecord: Sendable {
  /// The upstream computed the prompt: its reply began.
  func confirm()
  /// The prompt was not computed.
  func retract(_ failure: SendFailure)
  /// The reply ended.
  func finish(_ reply: PromptReply)
}

extension SentRecord {
  package func confirm() {}
  package func retract(_ failure: SendFailure) {}
  package func finish(_ reply: PromptReply) {}
}

/// How far a request came that got no reply.
package enum SendFailure: Sendable {
  /// The upstream never got it, or refused it.
  case refused
  /// It may have been computed in part.
  case unknown
}

/// What is known of a reply when it has ended.
package struct PromptReply: Sendable {
  /// What it says of its tokens.
  package var usage = ReportedUsage()
  /// The text that was generated, in UTF-8; nil if that is not all that was, or not known.
  package var text: [UInt8]?
  /// Why the text ended: `stop`, `length`; nil if the reply does not say.
  package var finishReason: ByteString?
  /// The tokens of the prompt as we count them; nil if they were not counted.
  package var countedTokens: Int?
  /// Whether the engine was to use what it had cached of the prompt.
  package var readsCache = true
}
