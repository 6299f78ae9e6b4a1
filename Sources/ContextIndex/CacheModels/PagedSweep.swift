/// Caches of pages of several sizes at once: what each `PagedCache` would have.
///
/// A smaller LRU keeps the pages of a larger one that were used last. So one tree is enough that counts for
/// each page how many were used later: a cache has the page if it keeps more than those (Mattson, Gecsei,
/// Slutz, Traiger, Evaluation techniques for storage hierarchies, IBM Systems Journal 9, 1970).
struct PagedSweep {
  /// The tokens of a page; nil for one token, or the pages of a trace.
  private let pageSize: Int?
  private let capacities: [Int?]
  /// The size of the largest cache; nil if one keeps all.
  private let largest: Int?
  private var form: PageForm?
  private var tree = PageTree(width: 1)

  init(pageSize: Int?, capacities: [Int?]) {
    self.pageSize = pageSize
    self.capacities = capacities
    largest = capacities.contains(nil) ? nil : capacities.compactMap { $0 }.max()
  }

  /// Sends a prompt through the caches. Returns for each how many of its first tokens were cached.
  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> [Int] {
    let form = try PageForm(of: prompt, pageSize: pageSize)
    if self.form == nil { tree = PageTree(width: form.width, countsUse: true) }
    guard self.form == nil || self.form == form else { throw .mixedContent }
    self.form = form
    let words = form.words(of: prompt, includesLast: pageSize == nil)
    let (known, way) = tree.insert(words, ends: [words.count / form.width])
    if let largest { tree.giveUp(toPages: largest / form.tokens) }
    let unit = pageSize ?? 1
    let most = max(prompt.tokenCount - 1, 0) / unit * unit
    return capacities.map { capacity in
      var pages = 0
      for place in way where place.end <= known {
        let kept = capacity.map { max($0 / form.tokens - place.newerPages, 0) } ?? .max
        // Of the pages of an edge the first ones were used last.
        pages += min(place.end - pages, kept)
        if pages < place.end { break }
      }
      return min(pages * form.tokens, most)
    }
  }
}
