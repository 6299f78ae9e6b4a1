import Bytes
import ContextIndex
import OrderedJSON

/// Reads a line of a trace: an object with `tokens`, as `cpc batch --format tokens` writes them, or with
/// `hash_ids` and `input_length`, as in the traces of Mooncake.
///
/// Long arrays of integers are read in one go, without a node for each; `JSONParser` reads the rest.
struct TraceLine {
  /// What is wrong, and at which byte of the line.
  struct Fault: Error {
    let offset: Int
    let message: String
  }

  private let bytes: ArraySlice<UInt8>
  private var index: Int

  private var tokens: [UInt32]?
  private var output: [UInt32] = []
  private var pages: [UInt64]?
  private var length: Int?
  private var breakpoints: [Int] = []
  private var blockEnds: [Int] = []
  private var time = 0.0

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  /// The prompt of a line.
  ///
  /// - Parameter pageSize: the tokens of a page that `hash_ids` name.
  static func prompt(_ line: ArraySlice<UInt8>, pageSize: Int) throws(Fault) -> SimulatedPrompt {
    var reader = TraceLine(line)
    try reader.readObject()
    var prompt = try reader.makePrompt(pageSize: pageSize)
    prompt.breakpoints = reader.breakpoints
    prompt.blockEnds = reader.blockEnds
    prompt.time = reader.time
    return prompt
  }

  private func makePrompt(pageSize: Int) throws(Fault) -> SimulatedPrompt {
    if let tokens { return SimulatedPrompt(tokens: tokens, output: output) }
    guard let pages else {
      throw Fault(
        offset: 0, message: "neither \"tokens\" nor \"hash_ids\": not a prompt of a trace")
    }
    guard let length else {
      throw Fault(offset: 0, message: "\"hash_ids\" without \"input_length\"")
    }
    guard let prompt = SimulatedPrompt(pages: pages, size: pageSize, tokenCount: length) else {
      throw Fault(
        offset: 0,
        message: "\(pages.count) hash_ids for \(length) tokens in pages of \(pageSize): "
          + "give the size of the trace's pages with --trace-page")
    }
    return prompt
  }

  private mutating func readObject() throws(Fault) {
    try expect("{", "an object")
    if consume("}") { return try expectEnd() }
    repeat {
      let key = try readKey()
      try expect(":", "':'")
      try readMember(key)
    } while consume(",")
    try expect("}", "',' or '}'")
    try expectEnd()
  }

  private mutating func readMember(_ key: ByteString) throws(Fault) {
    switch key {
    case "tokens": tokens = try readIntegers(UInt32.self, "a token id")
    case "output": output = try readIntegers(UInt32.self, "a token id")
    case "hash_ids": pages = try readIntegers(UInt64.self, "a hash id")
    case "breakpoints": breakpoints = try readIntegers(UInt32.self, "an offset").map(Int.init)
    case "block_ends": blockEnds = try readIntegers(UInt32.self, "an offset").map(Int.init)
    case "input_length":
      length = try readNumber(key) { number in
        number.integer.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
      }
    case "time": time = try readNumber(key, \.double)
    // Mooncake's are milliseconds.
    case "timestamp": time = try readNumber(key, \.double) / 1000
    default: _ = try readValue()
    }
  }
}

// MARK: - Values

extension TraceLine {
  private mutating func readKey() throws(Fault) -> ByteString {
    skipBlanks()
    guard byte == UInt8(ascii: "\"") else { throw fault("expected a key in double quotes") }
    let start = index
    guard let key = try readValue().string else { throw fault("expected a key", at: start) }
    return key
  }

  private mutating func readNumber<Value>(
    _ key: ByteString, _ read: (JSONNumber) -> Value?
  ) throws(Fault) -> Value {
    skipBlanks()
    let start = index
    guard case .number(let number) = try readValue().value, let value = read(number) else {
      throw fault("\(key) is not a number that can be used", at: start)
    }
    return value
  }

  private mutating func readIntegers<Value: FixedWidthInteger & UnsignedInteger>(
    _ type: Value.Type, _ kind: String
  ) throws(Fault) -> [Value] {
    try expect("[", "an array of integers")
    var values: [Value] = []
    if consume("]") { return values }
    repeat {
      skipBlanks()
      let start = index
      var value: UInt64 = 0
      while let digit = byte, digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
        let (product, overflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, carries) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
        // JSON has no number that begins with 0 and goes on.
        guard !overflows, !carries, value > 0 || index == start else {
          throw fault("not \(kind)", at: start)
        }
        value = sum
        index += 1
      }
      guard index > start, let exact = Value(exactly: value) else {
        throw fault("not \(kind)", at: start)
      }
      values.append(exact)
    } while consume(",")
    try expect("]", "',' or ']'")
    return values
  }

  /// Reads a value of any kind.
  private mutating func readValue() throws(Fault) -> JSONNode {
    skipBlanks()
    let start = index
    skipValue()
    do {
      return try JSONParser.parse(Array(bytes[start..<index]))
    } catch {
      throw Fault(offset: start - bytes.startIndex + error.offset, message: error.message)
    }
  }

  /// Goes behind a value: behind the bracket that closes it, its closing quote, or before the next comma
  /// or closing bracket.
  private mutating func skipValue() {
    var depth = 0
    while let byte {
      switch byte {
      case UInt8(ascii: "\""):
        skipString()
        if depth == 0 { return }
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return }
        depth -= 1
        if depth == 0 {
          index += 1
          return
        }
      case UInt8(ascii: ","): if depth == 0 { return }
      default: break
      }
      index += 1
    }
  }

  private mutating func skipString() {
    index += 1
    while let byte {
      index += 1
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\"), self.byte != nil { index += 1 }
    }
  }
}

// MARK: - Bytes

extension TraceLine {
  private var byte: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0D { index += 1 }
  }

  private mutating func consume(_ wanted: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard byte == UInt8(ascii: wanted) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ wanted: Unicode.Scalar, _ name: String) throws(Fault) {
    guard consume(wanted) else { throw fault("expected \(name)") }
  }

  private mutating func expectEnd() throws(Fault) {
    skipBlanks()
    guard byte == nil else { throw fault("text behind the object") }
  }

  private func fault(_ message: String, at place: Int? = nil) -> Fault {
    Fault(offset: (place ?? index) - bytes.startIndex, message: message)
  }
}
