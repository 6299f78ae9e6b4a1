internal import Bytes
internal import CUnicode

/// Translates the split pattern of a tokenizer file into the syntax of PCRE2, so that the classes
/// mean what they mean to the reference engines: those of Unicode 16.
///
/// PCRE2 10.42 knows Unicode 14. `\p{X}` becomes a class that also names what Unicode 16 adds, `\s`
/// becomes the 25 code points of the reference engines (PCRE2's own `\s` has 6 or, with UCP, one too
/// many). Everything else is common to the syntaxes of Rust, Oniguruma and PCRE2 and stays.
enum SplitPattern {
  private static let whitespace =
    #"\t\n\x0b\f\r \x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"#

  /// Returns the pattern in PCRE2's syntax.
  static func translated(_ pattern: ByteString) -> ByteString {
    var result: [UInt8] = []
    let source = pattern.bytes
    var offset = 0
    var isInClass = false
    while offset < source.count {
      let byte = source[offset]
      if byte == UInt8(ascii: "\\"), offset + 1 < source.count {
        offset += translateEscape(source, at: offset, isInClass: isInClass, into: &result)
        continue
      }
      if byte == UInt8(ascii: "[") { isInClass = true }
      if byte == UInt8(ascii: "]") { isInClass = false }
      result.append(byte)
      offset += 1
    }
    return ByteString(result)
  }

  /// Appends the translation of the escape at `offset` and returns the escape's length.
  private static func translateEscape(
    _ source: [UInt8], at offset: Int, isInClass: Bool, into result: inout [UInt8]
  ) -> Int {
    switch source[offset + 1] {
    case UInt8(ascii: "s"):
      append(isInClass ? whitespace : "[\(whitespace)]", to: &result)
      return 2
    case UInt8(ascii: "S") where !isInClass:
      append("[^\(whitespace)]", to: &result)
      return 2
    case UInt8(ascii: "p"):
      guard let close = source[offset...].firstIndex(of: UInt8(ascii: "}")) else { break }
      let property = Array(source[offset...close])
      guard let additions = additions(to: property) else { break }
      append(isInClass ? "" : "[", to: &result)
      result += property
      append(additions + (isInClass ? "" : "]"), to: &result)
      return property.count
    default: break
    }
    result += source[offset...(offset + 1)]
    return 2
  }

  /// The ranges that Unicode 16 adds to a property such as `\p{Lu}`, as the inside of a class; nil
  /// if they are not known.
  private static func additions(to property: [UInt8]) -> String? {
    let name = String(decoding: property.dropFirst(3).dropLast(), as: UTF8.self)
    var count = 0
    guard property.count > 4, let ranges = cunicode_additions(name, &count) else { return nil }
    return UnsafeBufferPointer(start: ranges, count: count).map { range in
      let first = "\\x{\(String(range.first, radix: 16))}"
      return range.first == range.last
        ? first : "\(first)-\\x{\(String(range.last, radix: 16))}"
    }.joined()
  }

  private static func append(_ text: String, to result: inout [UInt8]) {
    result.append(contentsOf: text.utf8)
  }
}
