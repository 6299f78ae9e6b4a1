internal import Bytes

// C's `strftime` in the C locale, with the flags of the GNU library.
extension TemplateClock {
  /// The time by a format; what is no conversion stays as it is.
  ///
  /// - Parameter limit: the longest text that is made, in bytes; a longer one is cut off.
  func formatted(_ format: Text, limit: Int = .max) -> Text {
    var result = Text()
    var start = 0
    while let place = format.firstOffset(of: [UInt8(ascii: "%")], from: start),
      result.count < limit
    {
      result.append(format, ByteRange(start, place))
      let conversion = Conversion(format.bytes, at: place)
      let written = Text(format.bytes[place..<conversion.end])
      result.append(text(conversion, limit: limit) ?? conversion.laidOut(written, limit: limit))
      start = conversion.end
    }
    result.append(format, ByteRange(start, format.count))
    return result
  }

  /// Nil if there is no such conversion.
  private func text(_ conversion: Conversion, limit: Int) -> Text? {
    if let (value, width, fill) = number(conversion.letter) {
      return conversion.laidOut(value, width: width, fill: fill, limit: limit)
    }
    if let word = word(conversion.letter) {
      return conversion.laidOut(Text(word), limit: limit)
    }
    guard let format = combination(conversion.letter) else { return nil }
    return conversion.laidOut(formatted(Text(format)), limit: limit)
  }

  /// A number, its least width, and what it is filled with.
  private func number(
    _ letter: Unicode.Scalar
  ) -> (value: Int, width: Int, fill: Unicode.Scalar)? {
    switch letter {
    case "Y": (year, 0, "0")
    case "C": (year / 100, 2, "0")
    case "y": (year % 100, 2, "0")
    case "m": (month, 2, "0")
    case "d": (day, 2, "0")
    case "e": (day, 2, " ")
    case "H": (hour, 2, "0")
    case "k": (hour, 2, " ")
    case "I": ((hour &+ 11) % 12 &+ 1, 2, "0")
    case "l": ((hour &+ 11) % 12 &+ 1, 2, " ")
    case "M": (minute, 2, "0")
    case "S": (second, 2, "0")
    case "j": (dayOfYear, 3, "0")
    case "w": (weekday, 1, "0")
    case "u": (weekday == 0 ? 7 : weekday, 1, "0")
    case "U": ((dayOfYear &+ 6 &- weekday) / 7, 2, "0")
    case "W": ((dayOfYear &+ 6 &- (weekday + 6) % 7) / 7, 2, "0")
    case "G": (week.year, 0, "0")
    case "g": (week.year % 100, 2, "0")
    case "V": (week.number, 2, "0")
    case "s": (secondsOfEpoch, 1, "0")
    default: nil
    }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  private func word(_ letter: Unicode.Scalar) -> String? {
    let month = (1...12).contains(month) ? Self.months[month - 1] : "?"
    return switch letter {
    case "B": month
    case "b", "h": String(month.prefix(3))
    case "A": Self.days[weekday]
    case "a": String(Self.days[weekday].prefix(3))
    case "p": hour < 12 ? "AM" : "PM"
    case "P": hour < 12 ? "am" : "pm"
    case "f": "000000"
    case "%": "%"
    case "n": "\n"
    case "t": "\t"
    case "Z", "z": ""
    default: nil
    }
  }

  private func combination(_ letter: Unicode.Scalar) -> String? {
    switch letter {
    case "F": "%Y-%m-%d"
    case "T", "X": "%H:%M:%S"
    case "R": "%H:%M"
    case "r": "%I:%M:%S %p"
    case "D", "x": "%m/%d/%y"
    case "c": "%a %b %e %H:%M:%S %Y"
    default: nil
    }
  }
}

/// A conversion of a format: `%d`, `%-d`, `%_5H`.
private struct Conversion {
  /// Where it ends in the format.
  let end: Int
  let letter: Unicode.Scalar
  private var fill: Unicode.Scalar?
  private var isUppercase = false
  private var swapsCase = false
  private var width: Int?

  /// Reads the conversion whose `%` stands at `place`.
  init(_ bytes: [UInt8], at place: Int) {
    var offset = place + 1
    func scalar() -> Unicode.Scalar? {
      offset < bytes.count && bytes[offset] < 0x80 ? Unicode.Scalar(bytes[offset]) : nil
    }
    flags: while let flag = scalar() {
      switch flag {
      case "_", "-", "0": fill = flag
      case "^": isUppercase = true
      case "#": swapsCase = true
      default: break flags
      }
      offset += 1
    }
    while let digit = scalar(), let value = Int(String(digit)) {
      width = min((width ?? 0) * 10 + value, 1 << 30)
      offset += 1
    }
    let flagsEnd = offset
    if let modifier = scalar(), modifier == "E" || modifier == "O", offset + 1 < bytes.count {
      offset += 1
    }
    letter = scalar() ?? "\0"
    end = scalar() == nil ? flagsEnd : offset + 1
  }

  /// A word with the case and the width that are asked for.
  func laidOut(_ word: Text, limit: Int) -> Text {
    var word = word
    if isUppercase || swapsCase && letter != "p" { word = word.mapped(.upper) }
    if swapsCase, letter == "p" { word = word.mapped(.lower) }
    return padded(word, fill == "0" ? "0" : " ", to: width ?? 0, limit)
  }

  /// A number with the digits that are asked for.
  func laidOut(
    _ value: Int, width standard: Int, fill usual: Unicode.Scalar, limit: Int
  ) -> Text {
    let filling = fill ?? usual
    let digits = Text(String(value))
    if filling == "-" { return padded(digits, " ", to: width ?? 0, limit) }
    return padded(digits, filling == "_" ? " " : filling, to: max(width ?? 0, standard), limit)
  }

  private func padded(_ text: Text, _ fill: Unicode.Scalar, to width: Int, _ limit: Int) -> Text {
    let missing = max(0, min(width, limit) - text.count)
    var result = Text(Array(repeating: UInt8(ascii: fill), count: missing))
    result.append(text)
    return result
  }
}

// MARK: - Weeks

extension TemplateClock {
  /// The week of ISO 8601, and the year that it belongs to.
  private var week: (year: Int, number: Int) {
    let fromMonday = (weekday + 6) % 7
    let number = (dayOfYear &- fromMonday &+ 9) / 7
    if number < 1 {
      let before = TemplateClock(year: year &- 1, month: 12, day: 31)
      return before.week
    }
    let last = TemplateClock(year: year, month: 12, day: 28)
    let isNext = number == 53 && (last.dayOfYear &- (last.weekday + 6) % 7 &+ 9) / 7 < 53
    return isNext ? (year &+ 1, 1) : (year, number)
  }

  /// The seconds from the start of 1970, if the clock tells universal time.
  private var secondsOfEpoch: Int {
    let before = year &- 1
    let days =
      before &* 365 &+ before / 4 &- before / 100 &+ before / 400 &- 719_162 &+ dayOfYear &- 1
    return ((days &* 24 &+ hour) &* 60 &+ minute) &* 60 &+ second
  }
}
