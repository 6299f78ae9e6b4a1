public import Bytes

extension TemplateClock {
  /// Reads a local date, or a local date and time: `2025-03-05`, `2025-03-05T07:08` or
  /// `2025-03-05T07:08:09`, with a blank in place of `T` too. A fraction of the second is read and left
  /// out.
  ///
  /// - Returns: nil if `text` has another form, or is no time of the calendar. A time zone is another
  ///   form, since templates know local time only.
  public init?(_ text: ByteString) {
    var reader = FieldReader(bytes: text.bytes)
    guard let year = reader.number(digits: 4), reader.skip("-"),
      let month = reader.number(digits: 2), reader.skip("-"),
      let day = reader.number(digits: 2)
    else { return nil }
    self.init(year: year, month: month, day: day)
    guard (1...12).contains(month), (1...dayCount).contains(day) else { return nil }
    if reader.isAtEnd { return }
    guard reader.skip("T") || reader.skip(" "),
      let hour = reader.number(digits: 2), hour < 24, reader.skip(":"),
      let minute = reader.number(digits: 2), minute < 60
    else { return nil }
    self.hour = hour
    self.minute = minute
    if reader.skip(":") {
      guard let second = reader.number(digits: 2), second < 60 else { return nil }
      self.second = second
      if reader.skip("."), !reader.skipDigits() { return nil }
    }
    guard reader.isAtEnd else { return nil }
  }

  private struct FieldReader {
    let bytes: [UInt8]
    var offset = 0

    var isAtEnd: Bool { offset == bytes.count }

    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: separator) else { return false }
      offset += 1
      return true
    }

    mutating func number(digits: Int) -> Int? {
      guard offset + digits <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[offset..<(offset + digits)] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = 10 * value + Int(byte - UInt8(ascii: "0"))
      }
      offset += digits
      return value
    }

    /// Whether there was a digit.
    mutating func skipDigits() -> Bool {
      let start = offset
      while number(digits: 1) != nil {}
      return offset > start
    }
  }
}
