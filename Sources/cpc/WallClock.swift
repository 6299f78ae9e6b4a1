import Glibc

/// The time of day.
enum WallClock {
  /// Now, in milliseconds since 1970.
  static var milliseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: time.tv_sec) * 1000 + UInt64(clamping: time.tv_nsec / 1_000_000)
  }

  /// A time in milliseconds since 1970 as a date and a time of UTC, `2026-11-25 14:00:05`.
  static func text(_ milliseconds: UInt64) -> String {
    var seconds = time_t(clamping: milliseconds / 1000)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return String(milliseconds) }
    func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
    return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday)) "
      + [parts.tm_hour, parts.tm_min, parts.tm_sec].map(padded).joined(separator: ":")
  }
}
