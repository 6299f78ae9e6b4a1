internal import ContextIndex
internal import PromptCompilation
internal import Synchronization

/// The prompts of one tenant that were recorded in the index and whose replies have not ended.
///
/// A prompt is recorded before it is sent, so that those that are on their way at the same time share. One that
/// fails is taken back. What a reply says of the cache corrects what was believed when its prompt was sent.
final class IndexLedger: Sendable {
  private let index: ContextIndex
  private let pageSize: Int
  private let isHosted: Bool
  private let metrics: ServerMetrics
  private let sequence: Mutex<SentSequence<SentRequest>> = Mutex(SentSequence())

  init(_ index: ContextIndex, _ cacheModel: CacheModel, _ metrics: ServerMetrics) {
    self.index = index
    self.metrics = metrics
    isHosted = !cacheModel.isSharedByTenants
    // Services count in steps that they do not all state; OpenAI's are the longest known.
    pageSize = isHosted ? 128 : cacheModel.pageSize
  }

  /// Takes in what was recorded.
  ///
  /// - Parameter isExact: whether the tokens of its blocks are those of the prompt.
  func begin(_ sent: SentRequest, isExact: Bool) -> any SentRecord {
    let number = sequence.withLock { $0.begin(sent) }
    return Entry(ledger: self, number: number, sent: sent, isExact: isExact)
  }

  private struct Entry: SentRecord {
    let ledger: IndexLedger
    let number: Int
    let sent: SentRequest
    let isExact: Bool

    func retract(_ failure: SendFailure) {
      ledger.sequence.withLock { sequence in
        if ledger.index.retract(sent) { ledger.restore(sequence.later(than: number)) }
        sequence.end(number, isKept: false)
      }
    }

    func finish(_ reply: PromptReply) {
      ledger.finish(self, CachedBlocks(sent, reply, isExact: isExact, ledger.pageSize))
    }
  }

  private func finish(_ entry: Entry, _ cached: CachedBlocks) {
    sequence.withLock { sequence in
      defer { sequence.end(entry.number, isKept: true) }
      let order = Array(entry.sent.request.blocks.indices)
      let isCorrected =
        cached.held(isHosted: isHosted).map {
          index.correct(entry.sent.request, order: order, held: $0.blocks)
        } ?? false
      // The engine has just computed all of it.
      restore([entry.sent])
      guard isCorrected else { return }
      metrics.add(to: .corrections, "index")
      // There may be many where more is asked than can be learned from.
      restore(sequence.later(than: entry.number))
    }
  }

  /// Records again what was sent and is not believed to be cached any more.
  private func restore(_ requests: [SentRequest]) {
    for sent in requests {
      let order = Array(sent.request.blocks.indices)
      let believed = index.believedBlocks(of: sent.request, order: order)
      guard believed != Set(sent.request.blocks.map(\.fingerprint)).count else { continue }
      index.record(sent.request, order: order, id: sent.id, at: sent.time)
    }
  }
}

/// How many of a prompt's blocks the engine had when it got the prompt, by the tokens that it found.
struct CachedBlocks {
  private let sent: SentRequest
  private let reply: PromptReply
  private let isExact: Bool
  private let pageSize: Int

  /// The most tokens that a prompt must have before a known hosted service caches it (Anthropic, Gemini).
  private static let hostedMinimum = 4_096

  /// - Parameters:
  ///   - isExact: whether the blocks' tokens are those of the prompt as we count it.
  ///   - pageSize: the engine states whole pages of so many tokens.
  init(_ sent: SentRequest, _ reply: PromptReply, isExact: Bool, _ pageSize: Int) {
    self.sent = sent
    self.reply = reply
    self.pageSize = pageSize
    self.isExact = isExact && reply.countedTokens == reply.usage.promptTokens
  }

  /// Blocks from the first on; nil if not even what stands before them.
  struct Held {
    var blocks: Int?
  }

  /// What the engine had, if that is surely less than was believed; else nil.
  ///
  /// Where our count of the prompt equals the engine's, a block is missing if it ends more than a page, and a
  /// token for each seam between blocks, behind what was found. Else offsets are estimates: it is missing if a
  /// quarter less than its end would be behind that too.
  func held(isHosted: Bool) -> Held? {
    guard sent.isHeadCached, let found = reply.usage.cachedTokens,
      let promptTokens = reply.usage.promptTokens,
      !isHosted || promptTokens >= Self.hostedMinimum, let scale
    else { return nil }
    var end = Double(sent.request.head.tokens)
    var seen: Set<BlockFingerprint> = [sent.request.head.fingerprint]
    var blocks = sent.request.blocks.lazy.filter { seen.insert($0.fingerprint).inserted }
      .makeIterator()
    for place in 0...sent.cachedBlocks {
      let least = isExact ? end - Double(place) : end * scale / TokenEstimate.margin
      if least - Double(pageSize) > Double(found) {
        return Held(blocks: place == 0 ? nil : place - 1)
      }
      guard let next = blocks.next() else { break }
      end += Double(next.tokens)
    }
    return nil
  }

  /// Tokens of the engine's for one of ours; nil if the two counts are of different prompts.
  private var scale: Double? {
    guard let counted = reply.countedTokens, counted > 0, let stated = reply.usage.promptTokens
    else { return 1 }
    let scale = Double(stated) / Double(counted)
    return (0.5...2).contains(scale) ? scale : nil
  }
}
