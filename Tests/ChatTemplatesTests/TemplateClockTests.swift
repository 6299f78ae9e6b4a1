import Bytes
import ChatTemplates
import OrderedJSON
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

  /// What Python's `strftime` makes of them (glibc 2.36, C locale, UTC).
  private static let formattedTimes: [(time: String, format: String, expected: String)] = [
    ("2025-03-05T07:08:09", "%Y-%m-%d %H:%M:%S", "2025-03-05 07:08:09"),
    ("2025-03-05T07:08:09", "%A, %d %B %Y, %a %b %-d", "Wednesday, 05 March 2025, Wed Mar 5"),
    ("2025-03-05T07:08:09", "%y%C%j%w%u|%e|%k|%l|%I%p%P", "252006433| 5| 7| 7|07AMam"),
    ("2025-03-05T07:08:09", "%U %W %V %G %g", "09 09 10 2025 25"),
    (
      "2025-03-05T07:08:09", "%D|%F|%T|%R|%r|%c|%x|%X|%h",
      "03/05/25|2025-03-05|07:08:09|07:08|07:08:09 AM|Wed Mar  5 07:08:09 2025|03/05/25|07:08:09|Mar"
    ),
    ("2025-03-05T07:08:09", "%s %n%t%%", "1741158489 \n\t%"),
    (
      "2025-03-05T07:08:09", "%-d %-m %-H %_d %_m %05d %5H %^a %^b %#p %#B",
      "5 3 7  5  3 00005 00007 WED MAR am MARCH"
    ),
    ("2025-03-05T07:08:09", "100% %q %-q %E %", "100% %q %-q %E %"),
    ("2025-03-05T07:08:09", "%Ey %Od %f|%z%Z|", "25 05 000000||"),
    ("2024-12-30T00:00:00", "%Y-%m-%d %H:%M:%S", "2024-12-30 00:00:00"),
    ("2024-12-30T00:00:00", "%A, %d %B %Y, %a %b %-d", "Monday, 30 December 2024, Mon Dec 30"),
    ("2024-12-30T00:00:00", "%y%C%j%w%u|%e|%k|%l|%I%p%P", "242036511|30| 0|12|12AMam"),
    ("2024-12-30T00:00:00", "%U %W %V %G %g", "52 53 01 2025 25"),
    (
      "2024-12-30T00:00:00", "%D|%F|%T|%R|%r|%c|%x|%X|%h",
      "12/30/24|2024-12-30|00:00:00|00:00|12:00:00 AM|Mon Dec 30 00:00:00 2024|12/30/24|00:00:00|Dec"
    ),
    ("2024-12-30T00:00:00", "%s %n%t%%", "1735516800 \n\t%"),
    (
      "2024-12-30T00:00:00", "%-d %-m %-H %_d %_m %05d %5H %^a %^b %#p %#B",
      "30 12 0 30 12 00030 00000 MON DEC am DECEMBER"
    ),
    ("2024-12-30T00:00:00", "100% %q %-q %E %", "100% %q %-q %E %"),
    ("2024-12-30T00:00:00", "%Ey %Od %f|%z%Z|", "24 30 000000||"),
    ("2021-01-03T12:00:01", "%Y-%m-%d %H:%M:%S", "2021-01-03 12:00:01"),
    ("2021-01-03T12:00:01", "%A, %d %B %Y, %a %b %-d", "Sunday, 03 January 2021, Sun Jan 3"),
    ("2021-01-03T12:00:01", "%y%C%j%w%u|%e|%k|%l|%I%p%P", "212000307| 3|12|12|12PMpm"),
    ("2021-01-03T12:00:01", "%U %W %V %G %g", "01 00 53 2020 20"),
    (
      "2021-01-03T12:00:01", "%D|%F|%T|%R|%r|%c|%x|%X|%h",
      "01/03/21|2021-01-03|12:00:01|12:00|12:00:01 PM|Sun Jan  3 12:00:01 2021|01/03/21|12:00:01|Jan"
    ),
    ("2021-01-03T12:00:01", "%s %n%t%%", "1609675201 \n\t%"),
    (
      "2021-01-03T12:00:01", "%-d %-m %-H %_d %_m %05d %5H %^a %^b %#p %#B",
      "3 1 12  3  1 00003 00012 SUN JAN pm JANUARY"
    ),
    ("2021-01-03T12:00:01", "100% %q %-q %E %", "100% %q %-q %E %"),
    ("2021-01-03T12:00:01", "%Ey %Od %f|%z%Z|", "21 03 000000||"),
    ("2020-02-29T13:05:59", "%Y-%m-%d %H:%M:%S", "2020-02-29 13:05:59"),
    ("2020-02-29T13:05:59", "%A, %d %B %Y, %a %b %-d", "Saturday, 29 February 2020, Sat Feb 29"),
    ("2020-02-29T13:05:59", "%y%C%j%w%u|%e|%k|%l|%I%p%P", "202006066|29|13| 1|01PMpm"),
    ("2020-02-29T13:05:59", "%U %W %V %G %g", "08 08 09 2020 20"),
    (
      "2020-02-29T13:05:59", "%D|%F|%T|%R|%r|%c|%x|%X|%h",
      "02/29/20|2020-02-29|13:05:59|13:05|01:05:59 PM|Sat Feb 29 13:05:59 2020|02/29/20|13:05:59|Feb"
    ),
    ("2020-02-29T13:05:59", "%s %n%t%%", "1582981559 \n\t%"),
    (
      "2020-02-29T13:05:59", "%-d %-m %-H %_d %_m %05d %5H %^a %^b %#p %#B",
      "29 2 13 29  2 00029 00013 SAT FEB pm FEBRUARY"
    ),
    ("2020-02-29T13:05:59", "100% %q %-q %E %", "100% %q %-q %E %"),
    ("2020-02-29T13:05:59", "%Ey %Od %f|%z%Z|", "20 29 000000||"),
    ("1999-12-31T23:59:59", "%Y-%m-%d %H:%M:%S", "1999-12-31 23:59:59"),
    ("1999-12-31T23:59:59", "%A, %d %B %Y, %a %b %-d", "Friday, 31 December 1999, Fri Dec 31"),
    ("1999-12-31T23:59:59", "%y%C%j%w%u|%e|%k|%l|%I%p%P", "991936555|31|23|11|11PMpm"),
    ("1999-12-31T23:59:59", "%U %W %V %G %g", "52 52 52 1999 99"),
    (
      "1999-12-31T23:59:59", "%D|%F|%T|%R|%r|%c|%x|%X|%h",
      "12/31/99|1999-12-31|23:59:59|23:59|11:59:59 PM|Fri Dec 31 23:59:59 1999|12/31/99|23:59:59|Dec"
    ),
    ("1999-12-31T23:59:59", "%s %n%t%%", "946684799 \n\t%"),
    (
      "1999-12-31T23:59:59", "%-d %-m %-H %_d %_m %05d %5H %^a %^b %#p %#B",
      "31 12 23 31 12 00031 00023 FRI DEC pm DECEMBER"
    ),
    ("1999-12-31T23:59:59", "100% %q %-q %E %", "100% %q %-q %E %"),
    ("1999-12-31T23:59:59", "%Ey %Od %f|%z%Z|", "99 31 000000||"),
  ]

  @Test(arguments: formattedTimes)
  func timesAreFormattedAsByC(time: String, format: String, expected: String) throws {
    let clock = try #require(TemplateClock(ByteString(time)))
    let context =
      try members("{}") + [JSONMember("f", JSONNode(.string(ByteString(format))))]
    let template = try ChatTemplate(source: "{{ strftime_now(f) }}", name: "test")
    let prompt = try template.render(context: context, clock: clock)
    #expect(String(decoding: prompt.bytes, as: UTF8.self) == expected)
  }
}
