import ContextIndex
import TestSupport
import Testing

@Suite struct ImportanceGuardTests {
  @Test("a free guard changes nothing")
  func free() {
    #expect(ImportanceGuard().applied(to: [3, 0, 2, 1]) == [3, 0, 2, 1])
  }

  @Test(
    "no block moves farther than the bound",
    arguments: [0, 1, 2, 5, 30])
  func bounds(displacement: Int) {
    var generator = SeededGenerator(seed: UInt64(displacement))
    for count in [0, 1, 2, 7, 20] {
      let order = Array(0..<count).shuffled(using: &generator)
      let guarded = ImportanceGuard(displacement: displacement).applied(to: order)
      #expect(guarded.sorted() == Array(0..<count))
      #expect(ImportanceGuard.largestDisplacement(of: guarded) <= displacement)
      if displacement >= count { #expect(guarded == order) }
    }
  }

  @Test("the most important ones stand first, or last with the first of them at the very end")
  func keepsEnds() {
    #expect(ImportanceGuard(first: 2).applied(to: [4, 3, 2, 1, 0]) == [0, 1, 4, 3, 2])
    #expect(ImportanceGuard(last: 2).applied(to: [4, 0, 3, 1, 2]) == [4, 3, 2, 1, 0])
    #expect(ImportanceGuard(first: 9).applied(to: [1, 0]) == [0, 1])
  }
}
