/// A cache of slots that get one request after the other.
struct SlotCache: PrefixCache {
  private let capacity: Int?
  private var form: PageForm?
  private var slots: PromptSlots

  /// Makes empty slots.
  ///
  /// - Parameter capacity: the tokens of all slots together.
  init(count: Int, capacity: Int?) {
    self.capacity = capacity
    slots = PromptSlots(count: count)
  }

  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int {
    let form = try PageForm(of: prompt, pageSize: nil)
    guard self.form == nil || self.form == form else { throw .mixedContent }
    self.form = form
    let words = form.words(of: prompt, includesLast: true)
    let page = PromptSlots.Page(width: form.width, tokens: form.tokens)
    guard let assignment = slots.choose(words, page, tokenCount: prompt.tokenCount) else {
      return 0
    }
    var kept = words.count
    if let capacity { kept = min(kept, capacity / slots.count / form.tokens * form.width) }
    slots.put(kept == words.count ? words : Array(words.prefix(kept)), in: assignment.slot)
    return assignment.cachedTokens
  }

  mutating func giveUp(_ prompt: SimulatedPrompt, behind tokens: Int) throws(SimulationError) {
    let form = try PageForm(of: prompt, pageSize: nil)
    guard self.form == form else { return }
    slots.giveUp(
      form.words(of: prompt, includesLast: true),
      behind: form.pages(startingBefore: tokens) * form.width)
  }
}
