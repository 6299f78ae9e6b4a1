internal import Bytes

extension Filters {
  static let sizes: [Builtin] = [
    Builtin("filesizeformat", ["binary"], fileSize)
  ]

  /// A number of bytes with the prefix that fits it: `1.5 MB`.
  private static func fileSize(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let number =
      if case .string(let text) = subject { NumberReader.float(text) } else {
        subject.number?.double
      }
    guard let bytes = number, bytes.isFinite || subject.number?.isInteger != true else {
      throw interpreter.failure("float() argument must be a string or a real number")
    }
    let isBinary = interpreter.boolean(arguments[0])
    let base: Double = isBinary ? 1_024 : 1_000
    if bytes == 1 { return .text("1 Byte") }
    if bytes < base {
      return .text(
        FloatText.formatted(bytes.rounded(.towardZero), "f", precision: 0) + " Bytes")
    }
    var unit = base * base
    var prefix = "k"
    for next in ["M", "G", "T", "P", "E", "Z", "Y"] where bytes >= unit {
      unit *= base
      prefix = next
    }
    let scaled = FloatText.formatted(base * bytes / unit, "f", precision: 1)
    let name = isBinary ? prefix.uppercased() + "iB" : prefix + "B"
    return .text("\(scaled) \(name)")
  }
}
