/// The local date and time that a template sees.
///
/// It is a part of the request, so that rendering the same request gives the same bytes.
public struct TemplateClock: Hashable, Sendable {
  /// The year.
  public var year: Int
  /// The month, from 1.
  public var month: Int
  /// The day of the month, from 1.
  public var day: Int
  /// The hour, from 0 to 23.
  public var hour: Int
  /// The minute.
  public var minute: Int
  /// The second.
  public var second: Int

  /// Makes a clock that stands at a date and time.
  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The start of 1970, where no time was given.
  public static let epoch = TemplateClock(year: 1970, month: 1, day: 1)
}

// MARK: - The calendar

extension TemplateClock {
  /// The lengths of the months.
  private var dayCounts: [Int] {
    [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }

  /// The number of days of the month; 0 if there is no such month.
  var dayCount: Int { (1...12).contains(month) ? dayCounts[month - 1] : 0 }

  /// The number of the day in the year, from 1.
  var dayOfYear: Int {
    dayCounts.prefix(max(1, month) - 1).reduce(0, +) &+ day
  }

  private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// The day of the week, from 0 for Sunday (the method of Sakamoto).
  var weekday: Int {
    let shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    guard (1...12).contains(month), (0...9_999_999).contains(year) else { return 0 }
    let start = month < 3 ? year - 1 : year
    let sum = start + start / 4 - start / 100 + start / 400 + shifts[month - 1] &+ day
    return ((sum % 7) + 7) % 7
  }
}
