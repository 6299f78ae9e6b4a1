internal import HTTPTypes
internal import NIOHTTP1

/// A place in a trace, as the field `traceparent` has it (W3C Trace Context, level 2).
struct TraceContext: Hashable, Sendable {
  /// The name of a trace: 16 bytes, not all of them zero.
  struct TraceID: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    /// 32 hexadecimal digits.
    var hexadecimal: String { Self.digits(high) + Self.digits(low) }

    static func digits(_ number: UInt64) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  }

  /// The name of a span: 8 bytes, not all of them zero.
  struct SpanID: Hashable, Sendable {
    var number: UInt64

    /// A name that nobody else has, as far as can be expected.
    static var random: SpanID { SpanID(number: .random(in: 1 ... .max)) }

    /// 16 hexadecimal digits.
    var hexadecimal: String { TraceID.digits(number) }
  }

  var trace: TraceID
  var span: SpanID
  /// Bit 0: the trace is recorded; bit 1: its name is random.
  var flags: UInt8

  static let field = "traceparent"
  static let stateField = "tracestate"
  private static let knownFlags: UInt8 = 3

  /// A place in a trace that begins here, and that is recorded.
  static var new: TraceContext {
    TraceContext(
      trace: TraceID(high: .random(in: 0 ... .max), low: .random(in: 1 ... .max)), span: .random,
      flags: knownFlags)
  }

  /// Another place in the same trace.
  var next: TraceContext {
    TraceContext(trace: trace, span: .random, flags: flags & Self.knownFlags)
  }

  /// What is random in the trace's name: 56 bits, by which all services decide alike.
  var randomness: UInt64 { trace.low & (1 << 56 - 1) }

  /// Whether the trace is recorded.
  var isSampled: Bool { flags & 1 == 1 }

  /// The value of the field.
  var description: String {
    "00-\(trace.hexadecimal)-\(span.hexadecimal)-\(flags < 16 ? "0" : "")\(String(flags, radix: 16))"
  }
}

extension TraceContext {
  /// Reads the place from which a request comes; nil if its head names none, more than one, or a malformed one.
  init?(_ fields: HTTPFields) {
    guard let name = HTTPField.Name(Self.field) else { return nil }
    let values = fields[values: name]
    guard values.count == 1, let value = values.first else { return nil }
    self.init(value)
  }

  /// Reads the value of the field. Of later versions what is known of version 0 is read.
  init?(_ value: String) {
    let bytes = Array(value.utf8)
    let dash = UInt8(ascii: "-")
    guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == dash }),
      let version = Self.number(bytes[0..<2]), version != 0xFF,
      bytes.count == 55 || (version > 0 && bytes[55] == dash),
      let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]),
      let span = Self.number(bytes[36..<52]), let flags = Self.number(bytes[53..<55]),
      high != 0 || low != 0, span != 0
    else { return nil }
    self.init(
      trace: TraceID(high: high, low: low), span: SpanID(number: span), flags: UInt8(flags))
  }

  /// The number that up to 16 hexadecimal digits stand for; nil if one is none, or is a capital.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit & 15)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - 87)
      default: return nil
      }
    }
    return number
  }
}
