internal import Bytes

extension TemplateClock {
  /// A time that differs from this one in every field that `strftime` prints, the day of the week and
  /// the half of the day among them.
  package var counterpart: TemplateClock {
    var other = TemplateClock(
      year: year == 9999 ? 1 : year + 1, month: month % 12 + 1, day: day % 28 + 1,
      hour: hour < 12 ? 12 + (hour + 1) % 12 : (hour + 1) % 12, minute: (minute + 1) % 60,
      second: (second + 1) % 60)
    let weekday: ByteString = "%u"
    if other.formatted(weekday) == formatted(weekday) { other.day = other.day % 28 + 1 }
    return other
  }
}
