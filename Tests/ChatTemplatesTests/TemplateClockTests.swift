import Bytes
import ChatTemplates
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

  @Test(arguments: [
    "", "2025", "2025-3-5", "2025-13-01", "2025-00-01", "2025-02-29", "2025-01-32", "2025-01-01T",
    "2025-01-01T24:00", "2025-01-01T07:60", "2025-01-01T07:08:60", "2025-01-01T07:08:09.",
    "2025-01-01T07:08:09Z", "2025-01-01T07:08+01:00", "2025-01-01x", "-025-01-01", "today",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(TemplateClock(ByteString(text)) == nil)
  }
}
