import ContextIndex
import Synchronization
import TestSupport
import Testing

@Suite struct IndexCorrectionTests {
  private func correct(_ scenario: IndexScenario, _ blocks: [UInt64], held: Int?) -> Bool {
    scenario.index.correct(scenario.request(blocks), order: Array(blocks.indices), held: held)
  }

  @Test func whatTheEngineGaveUpIsGone() {
    let scenario = IndexScenario()
    scenario.send([1, 2, 3, 4])
    scenario.send([1, 5])
    #expect(correct(scenario, [1, 2, 3, 4], held: 2))
    #expect(scenario.arranged([4, 3, 2, 1]).cached == 2)
    #expect(scenario.arranged([5, 1]).cached == 2)
    #expect(correct(scenario, [1, 2, 3, 4], held: 0))
    #expect(scenario.arranged([5, 1]).cached == 0)
    #expect(scenario.index.believedBlocks(of: scenario.request([1]), order: [0]) == 0)
    #expect(correct(scenario, [1, 2, 3, 4], held: nil))
    #expect(scenario.index.believedBlocks(of: scenario.request([1]), order: [0]) == nil)
  }

  @Test func whatTheEngineHoldsIsRecorded() {
    let scenario = IndexScenario()
    #expect(correct(scenario, [1, 2, 3], held: 2))
    #expect(scenario.arranged([3, 2, 1]).order.prefix(2) == [1, 2])
    #expect(scenario.arranged([3, 2, 1]).cached == 2)
    #expect(correct(scenario, [1, 2, 3], held: 3))
    #expect(scenario.arranged([3, 2, 1]).cached == 3)
  }

  @Test func aBeliefThatIsRightStays() {
    final class Journal: IndexJournal {
      let changes = Mutex(0)
      func append(_ change: IndexChange) { changes.withLock { $0 += 1 } }
    }
    let journal = Journal()
    let index = ContextIndex(journal: journal)
    let request = IndexScenario().request([1, 2, 3])
    index.record(request, order: [2, 0, 1])
    #expect(!index.correct(request, order: [2, 0, 1], held: 3))
    #expect(journal.changes.withLock { $0 } == 1)
    #expect(index.correct(request, order: [2, 0, 1], held: 1))
    let changes = journal.changes.withLock { $0 }
    #expect(!index.correct(request, order: [2, 0, 1], held: 1))
    #expect(journal.changes.withLock { $0 } == changes)
    #expect(!ContextIndex().correct(request, order: [0, 1, 2], held: nil))
  }

  /// What was sent and is taken back leaves the belief as it was.
  @Test(arguments: 0..<32)
  func whatIsTakenBackIsNotBelieved(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let scenario = IndexScenario()
    var sequences: [[UInt64]] = []
    for _ in 0..<40 {
      let blocks = Array((0..<UInt64(6)).shuffled(using: &generator).prefix(4))
      let isTakenBack = Bool.random(using: &generator)
      let sent = scenario.index.record(scenario.request(blocks), order: [0, 1, 2, 3])
      if isTakenBack { scenario.index.retract(sent) } else { sequences.append(blocks) }
      let order = [0, 1, 2, 3]
      let expected = sequences.map { zip($0, blocks).prefix { $0 == $1 }.count }.max()
      #expect(
        scenario.index.believedBlocks(of: scenario.request(blocks), order: order) == expected)
    }
  }

  /// After a correction the belief is what was said, whatever was sent before.
  @Test(arguments: 0..<32)
  func theBeliefIsWhatWasSaid(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let scenario = IndexScenario()
    for _ in 0..<40 {
      let blocks = Array((0..<UInt64(6)).shuffled(using: &generator).prefix(4))
      if Bool.random(using: &generator) {
        scenario.send(blocks)
        continue
      }
      let held = [nil, 0, 1, 2, 3, 4].randomElement(using: &generator) ?? nil
      _ = correct(scenario, blocks, held: held)
      let request = scenario.request(blocks)
      #expect(scenario.index.believedBlocks(of: request, order: [0, 1, 2, 3]) == held)
    }
  }
}
