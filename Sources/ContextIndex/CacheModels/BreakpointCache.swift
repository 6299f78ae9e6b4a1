/// A cache that keeps prefixes up to marked places only, as hosted services do.
///
/// A request finds a kept prefix at one of its marks or, with look-back, at the end of one of the content
/// blocks before a mark; a shorter one at a place that it does not look at is no use to it. A prefix lives
/// on for `timeToLive` seconds after each use.
struct BreakpointCache: PrefixCache {
  private let limit: Int
  private let lookback: Int
  private let timeToLive: Double?
  private let capacity: Int?
  private var form: PageForm?
  private var tree = PageTree(width: 1)

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - limit: how many marks of a request count; of more, the last ones.
  ///   - lookback: how many places a mark looks at, itself the first of them.
  ///   - timeToLive: seconds; nil for ever.
  ///   - capacity: tokens; what prefixes share counts once.
  init(limit: Int, lookback: Int, timeToLive: Double?, capacity: Int?) {
    self.limit = limit
    self.lookback = lookback
    self.timeToLive = timeToLive
    self.capacity = capacity
  }

  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int {
    let form = try PageForm(of: prompt, pageSize: nil)
    if self.form == nil { tree = PageTree(width: form.width) }
    guard self.form == nil || self.form == form else { throw .mixedContent }
    self.form = form
    let whole = prompt.tokenCount / form.tokens
    var marks = Self.pages(prompt.breakpoints, of: prompt, form).suffix(limit)
    if marks.isEmpty, whole > 0 { marks = [whole] }
    var blockEnds = Self.pages(prompt.blockEnds, of: prompt, form)
    // Of a trace nothing finer is known than its pages.
    if blockEnds.isEmpty, form.tokens > 1, whole > 0 { blockEnds = Array(1...whole) }
    let kept = Array(marks)
    let places = places(before: kept, blockEnds: blockEnds)
    let words = form.words(of: prompt, includesLast: true)
    let way = tree.insert(words, ends: kept).way
    var hit = 0
    for place in way where isAlive(place.node, at: prompt.time) {
      guard places.contains(place.end) else { continue }
      hit = place.end
    }
    for place in way where place.end == hit || kept.contains(place.end) {
      tree.setEntryTime(prompt.time, of: place.node)
    }
    giveUp(at: prompt.time, form)
    return min(hit * form.tokens, max(prompt.tokenCount - 1, 0))
  }

  mutating func giveUp(_ prompt: SimulatedPrompt, behind tokens: Int) throws(SimulationError) {
    let form = try PageForm(of: prompt, pageSize: nil)
    guard self.form == form else { return }
    tree.remove(
      form.words(of: prompt, includesLast: true), behind: form.pages(startingBefore: tokens))
  }

  /// Offsets in tokens as numbers of pages: ascending, each once, none of them 0. In a trace an offset inside
  /// a page counts as the page's start, and the prompt's end as the end of its last page.
  private static func pages(
    _ offsets: [Int], of prompt: SimulatedPrompt, _ form: PageForm
  ) -> [Int] {
    var result: [Int] = []
    for offset in offsets.sorted() where offset > 0 {
      let page =
        offset >= prompt.tokenCount
        ? (prompt.tokenCount + form.tokens - 1) / form.tokens : offset / form.tokens
      if page > result.last ?? 0 { result.append(page) }
    }
    return result
  }

  /// The places that the marks look at.
  private func places(before marks: [Int], blockEnds: [Int]) -> Set<Int> {
    var places = Set(marks)
    guard lookback > 1 else { return places }
    for mark in marks {
      let before = blockEnds.prefix { $0 < mark }
      places.formUnion(before.suffix(lookback - 1))
    }
    return places
  }

  private func isAlive(_ node: UInt32, at time: Double) -> Bool {
    guard let used = tree[node].entryTime else { return false }
    guard let timeToLive else { return true }
    return time - used <= timeToLive
  }

  /// Gives up what is too old and what does not fit, the least recently used first.
  private mutating func giveUp(at time: Double, _ form: PageForm) {
    while tree.oldest != PageTree.root {
      let isOver = capacity.map { tree.pageCount > $0 / form.tokens } ?? false
      guard isOver || !isAlive(tree.oldest, at: time) else { return }
      var leaf = tree.oldest
      // What only led to the prefix that is given up goes with it.
      repeat {
        leaf = tree.removeLeaf(leaf)
      } while leaf != PageTree.root && tree[leaf].childCount == 0 && !isAlive(leaf, at: time)
    }
  }
}
