internal import Bytes
internal import OrderedJSON

/// Resolves plain scalars by the core schema of YAML 1.2 (section 10.3.2).
enum CoreSchema {
  /// The value that an untagged plain scalar stands for.
  static func value(of text: ByteString) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    case "true", "True", "TRUE": .bool(true)
    case "false", "False", "FALSE": .bool(false)
    default: number(text).map { .number(JSONNumber(spelling: $0)) } ?? .string(text)
    }
  }

  /// The number in JSON's spelling; nil if `text` is none.
  private static func number(_ text: ByteString) -> ByteString? {
    let string = text.string
    if string.hasPrefix("0o"), let value = Int(string.dropFirst(2), radix: 8), value >= 0 {
      return ByteString(String(value))
    }
    if string.hasPrefix("0x"), let value = Int(string.dropFirst(2), radix: 16), value >= 0 {
      return ByteString(String(value))
    }
    if (try? JSONParser.parse(text.bytes)).map({
      if case .number = $0.value { true } else { false }
    })
      == true
    {
      return text
    }
    return otherDecimal(string)
  }

  /// Decimals that JSON spells in another way: `+1`, `007`, `.5`, `1.`.
  private static func otherDecimal(_ string: String) -> ByteString? {
    let isNegative = string.hasPrefix("-")
    let unsigned = isNegative || string.hasPrefix("+") ? string.dropFirst() : Substring(string)
    let allowed = unsigned.utf8.allSatisfy { byte in
      (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: ".")
    }
    guard allowed, unsigned.utf8.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
    if let value = Int(unsigned) { return ByteString(String(isNegative ? -value : value)) }
    let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let whole = parts[0].drop { $0 == "0" }
    return ByteString(
      (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + "."
        + (parts[1].isEmpty ? "0" : parts[1]))
  }
}
