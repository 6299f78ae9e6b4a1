/// Reads a JSON array of token ids that comes in parts.
struct TokenIDScanner {
  /// What is wrong, and where.
  struct Fault: Error {
    /// The byte offset in all that came.
    let offset: Int
    let message: String
  }

  private enum Place {
    case beforeArray
    case beforeFirst
    case inID
    case behindID
    case behindComma
    case behindArray
  }

  private var place = Place.beforeArray
  private var offset = 0
  private var idStart = 0
  private var id: UInt32 = 0

  /// Takes the next bytes and calls `body` with each id that they complete.
  mutating func scan(
    _ bytes: some Sequence<UInt8>, _ body: (UInt32) throws -> Void
  ) throws {
    for byte in bytes {
      try take(byte, body)
      offset += 1
    }
  }

  /// Ends the array.
  func finish() throws(Fault) {
    guard place == .behindArray else {
      throw Fault(offset: offset, message: "the array of token ids ends early")
    }
  }

  private mutating func take(_ byte: UInt8, _ body: (UInt32) throws -> Void) throws {
    if place == .inID, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      try body(id)
      place = .behindID
    }
    switch (place, byte) {
    case (.beforeArray, UInt8(ascii: "[")): place = .beforeFirst
    case (.inID, _): try append(byte)
    case (_, 0x20), (_, 0x09), (_, 0x0A), (_, 0x0D): break
    case (.beforeFirst, UInt8(ascii: "]")), (.behindID, UInt8(ascii: "]")): place = .behindArray
    case (.beforeFirst, UInt8(ascii: "0")...UInt8(ascii: "9")),
      (.behindComma, UInt8(ascii: "0")...UInt8(ascii: "9")):
      place = .inID
      idStart = offset
      id = UInt32(byte - UInt8(ascii: "0"))
    case (.behindID, UInt8(ascii: ",")): place = .behindComma
    case (.beforeFirst, _), (.behindComma, _):
      throw Fault(offset: offset, message: "not a token id")
    case (.behindID, _): throw Fault(offset: offset, message: "expected a comma or ]")
    case (.beforeArray, _): throw Fault(offset: offset, message: "expected an array of token ids")
    case (.behindArray, _): throw Fault(offset: offset, message: "text behind the array")
    }
  }

  private mutating func append(_ digit: UInt8) throws(Fault) {
    let (product, overflows) = id.multipliedReportingOverflow(by: 10)
    let (sum, carries) = product.addingReportingOverflow(UInt32(digit - UInt8(ascii: "0")))
    // JSON has no number that begins with 0 and goes on.
    guard !overflows, !carries, id > 0 else {
      throw Fault(offset: idStart, message: "not a token id")
    }
    id = sum
  }
}
