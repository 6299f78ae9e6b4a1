import Bytes
import ContextIndex
import ContextStore
import PromptCompilation

extension PromptMemory {
  /// What is believed to be cached of a prompt that was compiled, and the prompt that was sent before which
  /// has the most of it.
  func cached(of prompt: CompiledPrompt, for cacheModel: CacheModel) throws -> PromptPage.Cached {
    var notes = [explanation(of: prompt, for: cacheModel)]
    guard let sent = store.unsaved.last, sent.isHeadCached else {
      return PromptPage.Cached(tokens: 0, notes: notes)
    }
    let shown = prompt.seal.sections.filter { $0.kind == .block }
    // Blocks that are pinned first are a part of the beginning.
    let free = shown.dropFirst(shown.count - sent.request.blocks.count)
    if let donor = try donor(of: sent, labels: free.compactMap(\.label)) { notes.append(donor) }
    let end =
      sent.cachedBlocks > 0
      ? free.dropFirst(sent.cachedBlocks - 1).first?.tokens.end
      : free.first?.tokens.start
    return PromptPage.Cached(tokens: cacheModel.reusableTokens(end ?? 0), notes: notes)
  }

  /// Says which prompt that was sent begins as this one does, the latest of those that have the most of it.
  private func donor(of sent: SentRequest, labels: [ByteString]) throws -> String? {
    let key = sent.request.key
    let wanted = sent.request.blocks.map(\.fingerprint)
    var best: (blocks: Int, sequence: StoredSequence)?
    try store.forEachSequence(of: key) { sequence in
      guard sequence.head.fingerprint == sent.request.head.fingerprint else { return }
      let count = zip(wanted, sequence.blocks).prefix { $0 == $1.fingerprint }.count
      if (count, sequence.time) >= (best?.blocks ?? -1, best?.sequence.time ?? 0) {
        best = (count, sequence)
      }
    }
    guard let best else { return nil }
    let names = labels.prefix(best.blocks).map(\.string)
    let request = best.sequence.request.map { " as \($0)" } ?? ""
    let blocks = names.isEmpty ? "no block" : names.joined(separator: ", ")
    return
      "the prompt sent \(WallClock.text(best.sequence.time))\(request) has the same beginning and \(blocks)"
  }
}
