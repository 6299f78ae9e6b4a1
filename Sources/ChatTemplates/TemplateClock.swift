package import Bytes

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

extension TemplateClock: CustomStringConvertible {
  /// The form that options and profiles have: `2024-07-26T00:00:00`.
  public var description: String {
    // `%Y` has no leading zeros.
    Self.padded(year, 4) + (formatted(Text("-%m-%dT%H:%M:%S"))?.string ?? "")
  }
}

// MARK: - Formatting

extension TemplateClock {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// Returns the time by a format of C's `strftime`, in the C locale; nil if a conversion is unknown.
  package func formatted(_ format: ByteString) -> ByteString? {
    formatted(Text(format.bytes)).map { ByteString($0.bytes) }
  }

  /// The time by a format of C's `strftime`, in the C locale; nil if a conversion is unknown.
  func formatted(_ format: Text) -> Text? {
    var result = Text()
    var start = 0
    for place in format.offsets(of: [UInt8(ascii: "%")]) where place >= start {
      result.append(format, ByteRange(start, place))
      var next = place + 1
      let isUnpadded = next < format.count && format.bytes[next] == UInt8(ascii: "-")
      if isUnpadded { next += 1 }
      guard next < format.count else { return nil }
      guard let text = field(format.bytes[next], isUnpadded: isUnpadded) else { return nil }
      result.append(text.utf8)
      start = next + 1
    }
    result.append(format, ByteRange(start, format.count))
    return result
  }

  private func field(_ letter: UInt8, isUnpadded: Bool) -> String? {
    func padded(_ value: Int, _ width: Int = 2) -> String {
      isUnpadded ? String(value) : Self.padded(value, width)
    }
    switch letter {
    case UInt8(ascii: "Y"): return String(year)
    case UInt8(ascii: "m"): return padded(month)
    case UInt8(ascii: "d"): return padded(day)
    case UInt8(ascii: "H"): return padded(hour)
    case UInt8(ascii: "M"): return padded(minute)
    case UInt8(ascii: "S"): return padded(second)
    case UInt8(ascii: "I"): return padded((hour &+ 11) % 12 &+ 1)
    case UInt8(ascii: "j"): return padded(dayOfYear, 3)
    case UInt8(ascii: "y"): return padded(year % 100)
    default: return name(letter) ?? combination(letter)
    }
  }

  private func name(_ letter: UInt8) -> String? {
    let month = (1...12).contains(month) ? Self.months[month - 1] : "?"
    return switch letter {
    case UInt8(ascii: "B"): month
    case UInt8(ascii: "b"), UInt8(ascii: "h"): String(month.prefix(3))
    case UInt8(ascii: "A"): Self.days[weekday]
    case UInt8(ascii: "a"): String(Self.days[weekday].prefix(3))
    case UInt8(ascii: "p"): hour < 12 ? "AM" : "PM"
    case UInt8(ascii: "w"): String(weekday)
    case UInt8(ascii: "u"): String(weekday == 0 ? 7 : weekday)
    case UInt8(ascii: "%"): "%"
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "t"): "\t"
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): ""
    default: nil
    }
  }

  private func combination(_ letter: UInt8) -> String? {
    let format: String? =
      switch letter {
      case UInt8(ascii: "F"): "%Y-%m-%d"
      case UInt8(ascii: "T"), UInt8(ascii: "X"): "%H:%M:%S"
      case UInt8(ascii: "R"): "%H:%M"
      case UInt8(ascii: "D"), UInt8(ascii: "x"): "%m/%d/%y"
      case UInt8(ascii: "e"): "\(day < 10 ? " " : "")%-d"
      case UInt8(ascii: "c"): "%a %b %e %H:%M:%S %Y"
      default: nil
      }
    return format.flatMap { formatted(Text($0))?.string }
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The lengths of the months.
  private var dayCounts: [Int] {
    [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }

  /// The number of days of the month; 0 if there is no such month.
  var dayCount: Int { (1...12).contains(month) ? dayCounts[month - 1] : 0 }

  private var dayOfYear: Int {
    dayCounts.prefix(max(1, month) - 1).reduce(0, +) &+ day
  }

  private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// The day of the week, from 0 for Sunday (the method of Sakamoto).
  private var weekday: Int {
    let shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    guard (1...12).contains(month), (0...9_999_999).contains(year) else { return 0 }
    let start = month < 3 ? year - 1 : year
    let sum = start + start / 4 - start / 100 + start / 400 + shifts[month - 1] &+ day
    return ((sum % 7) + 7) % 7
  }
}
