/// The text of a file with its name, to turn byte offsets into lines and columns.
public struct SourceText: Sendable {
  /// The name that messages show.
  public let name: String
  /// The bytes of the file.
  public let bytes: [UInt8]
  /// The number of the line that the bytes begin with.
  public let firstLine: Int

  /// Makes a source of the bytes of a file, or of those from the line `firstLine` on.
  public init(name: String, bytes: [UInt8], firstLine: Int = 1) {
    self.name = name
    self.bytes = bytes
    self.firstLine = firstLine
  }

  /// Returns the line and the column, both from 1, of the byte at `offset`; columns count code
  /// points.
  ///
  /// - Complexity: linear in `offset`.
  public func position(at offset: Int) -> (line: Int, column: Int) {
    var line = firstLine
    var column = 1
    for byte in bytes.prefix(max(offset, 0)) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}
