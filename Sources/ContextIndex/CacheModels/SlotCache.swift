/// Slots that each keep one prompt and share nothing (llama.cpp's server): a request gets the slot that has
/// the longest common prefix with it, if that is more than a tenth of the request, else the one that was
/// used least recently.
struct SlotCache: PrefixCache {
  private struct Slot {
    var words: [UInt32] = []
    var lastUse = 0
  }

  private let capacity: Int?
  private var form: PageForm?
  private var slots: [Slot] = []
  private let count: Int
  private var clock = 0

  /// Makes empty slots.
  ///
  /// - Parameter capacity: the tokens of all slots together.
  init(count: Int, capacity: Int?) {
    self.count = count
    self.capacity = capacity
  }

  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int {
    let form = try PageForm(of: prompt, pageSize: nil)
    guard self.form == nil || self.form == form else { throw .mixedContent }
    self.form = form
    clock += 1
    let words = form.words(of: prompt, includesLast: true)
    let (slot, common) = choose(words, form, tokenCount: prompt.tokenCount)
    var kept = words.count
    if let capacity { kept = min(kept, capacity / count / form.tokens * form.width) }
    let content = kept == words.count ? words : Array(words.prefix(kept))
    // Slots that were never used are used before others, so they need not be there.
    if slot == slots.count { slots.append(Slot()) }
    slots[slot] = Slot(words: content, lastUse: clock)
    return min(common * form.tokens, max(prompt.tokenCount - 1, 0))
  }

  /// The slot for a request, and the pages that it has in common with what is there. The number of slots
  /// in use stands for one that was never used.
  private func choose(
    _ words: [UInt32], _ form: PageForm, tokenCount: Int
  ) -> (slot: Int, common: Int) {
    var best: (slot: Int, common: Int)?
    var oldest = 0
    var commonOfOldest = 0
    for (index, slot) in slots.enumerated() {
      let common = Self.commonWords(slot.words, words) / form.width
      let tokens = min(common * form.tokens, tokenCount)
      if tokens * 10 > tokenCount, common > best?.common ?? 0 { best = (index, common) }
      if index == 0 || slot.lastUse < slots[oldest].lastUse {
        oldest = index
        commonOfOldest = common
      }
    }
    if let best { return best }
    return slots.count < count ? (slots.count, 0) : (oldest, commonOfOldest)
  }

  private static func commonWords(_ left: [UInt32], _ right: [UInt32]) -> Int {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        let count = min(left.count, right.count)
        var index = 0
        while index < count, left[index] == right[index] { index += 1 }
        return index
      }
    }
  }
}
