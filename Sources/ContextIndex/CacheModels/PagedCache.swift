/// One cache for all prompts that keeps whole pages and gives up the least recently used one, the end of a
/// prompt before its start: vLLM's pages, and with pages of one token SGLang's tree.
///
/// Where an engine has to make room, SGLang gives up a whole leaf of its tree, which can be more than it
/// needs; here as many tokens are given up as do not fit.
struct PagedCache: PrefixCache {
  /// The tokens of a page; nil for one token, or the pages of a trace.
  private let pageSize: Int?
  private let capacity: Int?
  private var form: PageForm?
  private var tree = PageTree(width: 1)

  init(pageSize: Int?, capacity: Int?) {
    self.pageSize = pageSize
    self.capacity = capacity
  }

  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int {
    let form = try PageForm(of: prompt, pageSize: pageSize)
    if self.form == nil { tree = PageTree(width: form.width) }
    guard self.form == nil || self.form == form else { throw .mixedContent }
    self.form = form
    let words = form.words(of: prompt, includesLast: pageSize == nil)
    let known = tree.insert(words, ends: [words.count / form.width]).known
    if let capacity { tree.giveUp(toPages: capacity / form.tokens) }
    let most = max(prompt.tokenCount - 1, 0)
    let unit = pageSize ?? 1
    return min(known * form.tokens, most / unit * unit)
  }

  mutating func giveUp(_ prompt: SimulatedPrompt, behind tokens: Int) throws(SimulationError) {
    let form = try PageForm(of: prompt, pageSize: pageSize)
    guard self.form == form else { return }
    tree.remove(
      form.words(of: prompt, includesLast: pageSize == nil),
      behind: form.pages(startingBefore: tokens))
  }
}
