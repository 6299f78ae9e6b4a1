import ContextIndex
import TestSupport
import Testing

@Suite struct PromptSlotsTests {
  @Test func aRequestGetsTheSlotThatHasMostOfIt() {
    var slots = PromptSlots(count: 2)
    let first = (0..<20).map { UInt32($0) }
    #expect(slots.cachedPrefix(of: first) == 0)
    #expect(slots.begin(first)?.slot == 0)
    slots.finish(slot: 0)
    // The last token is always computed.
    #expect(slots.cachedPrefix(of: first) == 19)
    #expect(slots.cachedPrefix(of: first + [77, 78]) == 20)
    // A tenth of the request or less is not enough: the slot that nobody used is taken.
    let other = Array(first.prefix(2)) + (100..<118).map { UInt32($0) }
    #expect(slots.begin(other)?.slot == 1)
    slots.finish(slot: 1)
    let third = Array(first.prefix(3)) + (200..<217).map { UInt32($0) }
    let assignment = slots.begin(third)
    #expect(assignment?.slot == 0)
    #expect(assignment?.cachedTokens == 3)
  }

  @Test func whatWasGeneratedStaysButForItsLastToken() {
    var slots = PromptSlots(count: 1)
    _ = slots.begin([1, 2, 3])
    slots.finish(slot: 0, output: [4, 5, 6])
    #expect(slots.cachedPrefix(of: [1, 2, 3, 4, 5, 6, 7]) == 5)
  }

  @Test func busySlotsAreNotGiven() {
    var slots = PromptSlots(count: 2)
    #expect(slots.begin([1, 2, 3])?.slot == 0)
    let second = slots.begin([1, 2, 3])
    #expect(second?.slot == 1)
    #expect(second?.cachedTokens == 0)
    #expect(slots.begin([1, 2, 3]) == nil)
    #expect(slots.cachedPrefix(of: [1, 2, 3]) == nil)
    slots.finish(slot: 1)
    slots.finish(slot: 0)
    slots.finish(slot: 7)
    // Of slots that have as little in common the one that was done first is taken.
    #expect(slots.begin([9])?.slot == 1)
  }

  @Test func whatWasNotComputedIsNotThere() {
    var slots = PromptSlots(count: 2)
    let first = (0..<20).map { UInt32($0) }
    #expect(slots.begin(first)?.slot == 0)
    slots.finish(slot: 0)
    let longer = first + [20, 21]
    // Of a request that the server never got nothing is left.
    #expect(slots.begin(longer)?.slot == 0)
    slots.cancel(slot: 0, isUntouched: true)
    #expect(slots.cachedPrefix(of: longer + [22]) == 20)
    // Of one that it may have begun only that is sure which was there.
    let other = Array(first.prefix(5)) + (100..<110).map { UInt32($0) }
    #expect(slots.begin(other)?.cachedTokens == 5)
    slots.cancel(slot: 0, isUntouched: false)
    slots.cancel(slot: 1, isUntouched: true)
    #expect(slots.cachedPrefix(of: other) == 5)
    #expect(slots.cachedPrefix(of: first) == 5)
  }

  /// One after the other they are the simulated cache.
  @Test(arguments: 0..<16)
  func inOrderTheyAreTheSimulatedCache(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var slots = PromptSlots(count: 3)
    var simulation = CacheSimulation(.llamaSlots(count: 3))
    for _ in 0..<100 {
      let prompt = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
        UInt32.random(in: 0...1, using: &generator)
      }
      let expected = try simulation.send(SimulatedPrompt(tokens: prompt, output: [1, 0]))
      #expect(slots.cachedPrefix(of: prompt) == expected)
      let begun = slots.begin(prompt)
      let assignment = try #require(begun)
      #expect(assignment.cachedTokens == expected)
      slots.finish(slot: assignment.slot, output: [1, 0])
    }
  }
}
