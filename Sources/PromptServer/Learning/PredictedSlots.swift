internal import ContextIndex

/// The slots of llama.cpp's server, each with the request that it works on. Requests that find no idle slot wait
/// for one, first come, first served.
struct PredictedSlots: Sendable {
  private var slots: PromptSlots
  private var slotOfRequest: [Int: Int] = [:]
  private var waiting: [(number: Int, tokens: [UInt32])] = []
  /// What those find that had to wait.
  private var foundLate: [Int: Int] = [:]

  init(count: Int) {
    slots = PromptSlots(count: count)
  }

  /// Takes in that a request was sent.
  ///
  /// - Returns: how many of its tokens the server has; nil if that depends on which slot is idle next.
  mutating func begin(_ number: Int, _ tokens: [UInt32]) -> Int? {
    guard let assignment = slots.begin(tokens) else {
      waiting.append((number, tokens))
      return nil
    }
    slotOfRequest[number] = assignment.slot
    return assignment.cachedTokens
  }

  /// Takes in that the reply to a request ended.
  ///
  /// - Parameter output: the tokens that were generated.
  /// - Returns: how many of its tokens the server had, if that was not known when it was sent.
  mutating func finish(_ number: Int, output: [UInt32]) -> Int? {
    guard let slot = slotOfRequest.removeValue(forKey: number) else {
      leave(number)
      return nil
    }
    slots.finish(slot: slot, output: output)
    goOn()
    return foundLate.removeValue(forKey: number)
  }

  /// Takes in that a request got no reply.
  mutating func cancel(_ number: Int, isUntouched: Bool) {
    guard let slot = slotOfRequest.removeValue(forKey: number) else { return leave(number) }
    foundLate[number] = nil
    slots.cancel(slot: slot, isUntouched: isUntouched)
    goOn()
  }

  private mutating func leave(_ number: Int) {
    waiting.removeAll { $0.number == number }
  }

  /// Gives the slot that became idle to the request that waits longest.
  private mutating func goOn() {
    guard let next = waiting.first, let assignment = slots.begin(next.tokens) else { return }
    waiting.removeFirst()
    slotOfRequest[next.number] = assignment.slot
    foundLate[next.number] = assignment.cachedTokens
  }
}
