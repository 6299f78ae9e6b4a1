import Bytes
import ChatTemplates
import TestSupport
import Testing

@Suite struct TemplateClockTests {
  @Test(arguments: [
    ("2025-03-05", TemplateClock(year: 2025, month: 3, day: 5)),
    ("2024-02-29T23:59", TemplateClock(year: 2024, month: 2, day: 29, hour: 23, minute: 59)),
    (
      "2025-03-05 07:08:09.123456",
      TemplateClock(year: 2025, month: 3, day: 5, hour: 7, minute: 8, second: 9)
    ),
  ])
  func readsLocalTimes(text: String, clock: TemplateClock) {
    #expect(TemplateClock(ByteString(text)) == clock)
  }

  @Test func aCounterpartDiffersInEveryField() {
    var generator = SeededGenerator(seed: 41)
    for _ in 0..<2_000 {
      let clock = TemplateClock(
        year: Int.random(in: 1...9999, using: &generator),
        month: Int.random(in: 1...12, using: &generator),
        day: Int.random(in: 1...28, using: &generator),
        hour: Int.random(in: 0...23, using: &generator),
        minute: Int.random(in: 0...59, using: &generator),
        second: Int.random(in: 0...59, using: &generator))
      let other = clock.counterpart
      #expect(TemplateClock(ByteString(other.description)) == other)
      for format in ["%Y", "%y", "%m", "%b", "%d", "%a", "%j", "%H", "%I", "%p", "%M", "%S"] {
        let field = ByteString(format)
        #expect(clock.formatted(field) != other.formatted(field), "\(clock) \(format)")
      }
    }
  }

  @Test(arguments: [
    "", "2025", "2025-3-5", "2025-13-01", "2025-00-01", "2025-02-29", "2025-01-32", "2025-01-01T",
    "2025-01-01T24:00", "2025-01-01T07:60", "2025-01-01T07:08:60", "2025-01-01T07:08:09.",
    "2025-01-01T07:08:09Z", "2025-01-01T07:08+01:00", "2025-01-01x", "-025-01-01", "today",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(TemplateClock(ByteString(text)) == nil)
  }
}
