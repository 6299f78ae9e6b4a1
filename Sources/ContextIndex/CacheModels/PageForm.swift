/// How prompts are cut into the pages that a cache compares: so many 32-bit words a page.
struct PageForm: Hashable {
  /// The words that a page is compared by.
  let width: Int
  /// The tokens of a page.
  let tokens: Int
  /// The tokens of a page of the trace; nil for prompts of token ids.
  private let tracePage: Int?

  /// Makes the form for prompts like `prompt` in a cache with pages of `pageSize` tokens; nil for the
  /// finest that can be compared: tokens, or the pages of a trace.
  init(of prompt: SimulatedPrompt, pageSize: Int?) throws(SimulationError) {
    switch prompt.content {
    case .tokens:
      tracePage = nil
      tokens = pageSize ?? 1
      width = tokens
    case .pages(_, let size):
      tracePage = size
      tokens = pageSize ?? size
      // A part of a page is told by the page's name, two words, and its place in the page.
      width = tokens < size ? 3 : 2
      guard tokens % size == 0 || size % tokens == 0 else {
        throw .unequalPages(model: tokens, trace: size)
      }
    }
  }

  /// How many pages begin before an offset in tokens.
  func pages(startingBefore offset: Int) -> Int { (max(offset, 0) + tokens - 1) / tokens }

  /// The words of the pages of a prompt. Words behind the last whole page may follow.
  ///
  /// - Parameter includesLast: whether a page of a trace counts that is not full.
  func words(of prompt: SimulatedPrompt, includesLast: Bool) -> [UInt32] {
    switch prompt.content {
    case .tokens(let tokens): return tokens
    case .pages(let names, let size):
      let end = includesLast ? names.count * size : prompt.tokenCount
      var words: [UInt32] = []
      words.reserveCapacity(end / tokens * width)
      for page in 0..<(end / tokens) {
        let last = (page + 1) * tokens - 1
        let name = names[last / size]
        words.append(UInt32(truncatingIfNeeded: name))
        words.append(UInt32(truncatingIfNeeded: name >> 32))
        if width == 3 { words.append(UInt32(truncatingIfNeeded: last % size)) }
      }
      return words
    }
  }
}
