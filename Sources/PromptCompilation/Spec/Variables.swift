public import Bytes

extension Variable {
  /// Whether `name` can be the name of a variable: letters, digits and `_`, beginning with no digit.
  public static func isName(_ name: ByteString) -> Bool {
    guard let first = name.bytes.first, !isDigit(first) else { return false }
    return name.bytes.allSatisfy(isNameByte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return isDigit(byte) || byte == UInt8(ascii: "_")
      || (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
  }

  /// Returns `text` with each `${name}` replaced by the variable's value and each `$${` by `${`.
  ///
  /// Values are not searched for variables. What follows `${` and is no name with its brace stays.
  ///
  /// - Throws: `UnknownVariable` for a name that has no value.
  static func substitute(
    _ variables: [Variable], in text: ByteString
  ) throws(UnknownVariable) -> ByteString {
    let bytes = text.bytes
    var result: [UInt8] = []
    var offset = 0
    while let dollar = bytes[offset...].firstIndex(of: UInt8(ascii: "$")) {
      result += bytes[offset..<dollar]
      let rest = bytes[dollar...]
      if rest.starts(with: Array("$${".utf8)) {
        result += Array("${".utf8)
        offset = dollar + 3
      } else if let name = reference(in: rest) {
        guard let variable = variables.last(where: { $0.name == name }) else {
          throw UnknownVariable(name: name)
        }
        result += variable.value.bytes
        offset = dollar + name.count + 3
      } else {
        result.append(bytes[dollar])
        offset = dollar + 1
      }
    }
    result += bytes[offset...]
    return ByteString(result)
  }

  /// The names that `text` refers to, with the byte at which each `${name}` begins.
  static func references(in text: ByteString) -> [(name: ByteString, offset: Int)] {
    let bytes = text.bytes
    var found: [(name: ByteString, offset: Int)] = []
    var offset = 0
    while let dollar = bytes[offset...].firstIndex(of: UInt8(ascii: "$")) {
      let rest = bytes[dollar...]
      offset = dollar + (rest.starts(with: Array("$${".utf8)) ? 3 : 1)
      if let name = reference(in: rest) { found.append((name, dollar)) }
    }
    return found
  }

  /// The name in a `${name}` that `text` begins with.
  private static func reference(in text: ArraySlice<UInt8>) -> ByteString? {
    guard text.starts(with: Array("${".utf8)) else { return nil }
    let name = text.dropFirst(2).prefix(while: isNameByte)
    guard name.endIndex < text.endIndex, text[name.endIndex] == UInt8(ascii: "}") else {
      return nil
    }
    let found = ByteString(name)
    return isName(found) ? found : nil
  }
}

/// A `${name}` without a value.
struct UnknownVariable: Error {
  let name: ByteString
}
