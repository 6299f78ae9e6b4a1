/// Slots that each keep one prompt and share nothing, as llama.cpp's server has them: of the idle slots a
/// request gets the one that has the longest common prefix with it, if that is more than a tenth of the
/// request, else the one that was used least recently.
///
/// Tell it of every request that the server gets, in order; then it says how many tokens the server finds.
public struct PromptSlots: Sendable {
  /// The slot of a request.
  public struct Assignment: Hashable, Sendable {
    /// The number of the slot.
    public let slot: Int
    /// How many of the first tokens are there already. The last token of a request never is.
    public let cachedTokens: Int
  }

  /// The words by which prompts are compared that stand for one page of tokens.
  struct Page {
    var width = 1
    var tokens = 1
  }

  private struct Slot {
    var words: [UInt32] = []
    /// When its latest request was done.
    var lastUse = 0
    var isBusy = false
    /// What it held and when it was used before it was given away.
    var before: (words: [UInt32], lastUse: Int) = ([], 0)
    /// How many of the first words of its request it had.
    var found = 0
  }

  /// The number of slots.
  public let count: Int
  /// The slots that were used. Those that never were come before others, so they need not be there.
  private var slots: [Slot] = []
  private var clock = 0

  /// Makes empty slots, 1 at least.
  public init(count: Int) {
    self.count = max(count, 1)
  }

  /// How many tokens of a request would be found now; nil if every slot is busy.
  public func cachedPrefix(of tokens: [UInt32]) -> Int? {
    choose(tokens, Page(), tokenCount: tokens.count)?.cachedTokens
  }

  /// Gives a request to a slot, which is busy from then on; nil if every slot is.
  public mutating func begin(_ tokens: [UInt32]) -> Assignment? {
    guard let assignment = choose(tokens, Page(), tokenCount: tokens.count) else { return nil }
    let before =
      assignment.slot < slots.count
      ? (slots[assignment.slot].words, slots[assignment.slot].lastUse) : ([], 0)
    put(tokens, in: assignment.slot)
    slots[assignment.slot].isBusy = true
    slots[assignment.slot].before = before
    slots[assignment.slot].found = assignment.cachedTokens
    return assignment
  }

  /// Takes in that the request of a slot is done.
  ///
  /// - Parameter output: the tokens that were generated; all but the last, which was not computed on, are kept.
  public mutating func finish(slot: Int, output: [UInt32] = []) {
    guard slots.indices.contains(slot) else { return }
    slots[slot].words += output.dropLast()
    free(slot)
  }

  /// Takes in that the request of a slot ended before it was computed.
  ///
  /// - Parameter isUntouched: whether the server never got it, so that the slot holds what it held before. Else
  ///   nothing is sure but the tokens that it had of the request.
  public mutating func cancel(slot: Int, isUntouched: Bool) {
    guard slots.indices.contains(slot), slots[slot].isBusy else { return }
    guard isUntouched else {
      slots[slot].words = Array(slots[slot].words.prefix(slots[slot].found))
      return free(slot)
    }
    (slots[slot].words, slots[slot].lastUse) = slots[slot].before
    slots[slot].before = ([], 0)
    slots[slot].isBusy = false
  }

  private mutating func free(_ slot: Int) {
    slots[slot].before = ([], 0)
    slots[slot].isBusy = false
    clock += 1
    slots[slot].lastUse = clock
  }

  /// Gives up what slots hold of a prompt behind its first tokens.
  mutating func giveUp(_ words: [UInt32], behind count: Int) {
    for slot in slots.indices {
      let common = Self.commonWords(slots[slot].words, words)
      if common > count { slots[slot].words = Array(slots[slot].words.prefix(max(count, 0))) }
    }
  }

  /// The slot for a request. The number of slots in use stands for one that was never used.
  func choose(_ words: [UInt32], _ page: Page, tokenCount: Int) -> Assignment? {
    // What was generated for the request may stand behind it, and is not asked for.
    let pages = (tokenCount + page.tokens - 1) / page.tokens
    var best: (slot: Int, common: Int)?
    var oldest: (slot: Int, common: Int)?
    for (index, slot) in slots.enumerated() where !slot.isBusy {
      let common = min(Self.commonWords(slot.words, words) / page.width, pages)
      let tokens = min(common * page.tokens, tokenCount)
      if tokens * 10 > tokenCount, common > best?.common ?? 0 { best = (index, common) }
      if oldest.map({ slot.lastUse < slots[$0.slot].lastUse }) ?? true { oldest = (index, common) }
    }
    let unused = slots.count < count ? (slot: slots.count, common: 0) : nil
    return (best ?? unused ?? oldest).map {
      Assignment(
        slot: $0.slot, cachedTokens: min($0.common * page.tokens, max(tokenCount - 1, 0)))
    }
  }

  /// Puts a prompt into a slot in place of what was there.
  mutating func put(_ words: [UInt32], in slot: Int) {
    if slot == slots.count { slots.append(Slot()) }
    clock += 1
    slots[slot].words = words
    slots[slot].lastUse = clock
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
