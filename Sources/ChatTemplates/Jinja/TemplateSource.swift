internal import Bytes
internal import OrderedJSON

/// The text of a template, with its line ends made `\n` and one final newline dropped.
struct TemplateSource: Sendable {
  let name: String
  let bytes: [UInt8]

  init(_ source: ByteString, name: String) {
    self.name = name
    var bytes = source.bytes
    if bytes.contains(0x0D) { bytes = Self.withUniformLineEnds(bytes) }
    if bytes.last == 0x0A { bytes.removeLast() }
    self.bytes = bytes
  }

  private static func withUniformLineEnds(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if byte != 0x0D {
        result.append(byte)
      } else if index + 1 == bytes.count || bytes[index + 1] != 0x0A {
        result.append(0x0A)
      }
    }
    return result
  }

  /// The error `message` about what stands at `offset`.
  func error(
    _ kind: TemplateError.Kind, _ message: String, at offset: Int
  ) -> TemplateError {
    let position = SourceText(name: name, bytes: bytes).position(at: offset)
    return TemplateError(
      template: name, line: position.line, column: position.column, kind: kind, message: message)
  }
}
