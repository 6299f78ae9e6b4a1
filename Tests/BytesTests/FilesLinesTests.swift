import Bytes
import TestSupport
import Testing

@Suite struct FilesLinesTests {
  private func lines(_ text: [UInt8], limit: Int = 1 << 20) throws -> [String] {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(text, to: folder + "/f")
      var lines: [String] = []
      try Files.forEachLine(of: folder + "/f", limit: limit) { number, line in
        lines.append("\(number)" + String(decoding: line, as: UTF8.self))
      }
      return lines
    }
  }

  @Test(arguments: [
    ("", []), ("\n", ["1"]), ("a", ["1a"]), ("a\n", ["1a"]), ("a\n\nb\r\n", ["1a", "2", "3b\r"]),
    ("a\u{2028}b\rc\u{0}\nd", ["1a\u{2028}b\rc\u{0}", "2d"]),
  ])
  func onlyLineFeedsEndLines(text: String, expected: [String]) throws {
    #expect(try lines(Array(text.utf8)) == expected)
  }

  @Test func linesGoOnFromChunkToChunk() throws {
    let long = String(repeating: "x", count: 200_000)
    #expect(try lines(Array("\(long)\ny\n\(long)".utf8)) == ["1" + long, "2y", "3" + long])
  }

  @Test func aLineOverTheLimitIsAnError() throws {
    let text = [UInt8](repeating: 0x61, count: 200_000)
    #expect(throws: FileError.self) { try lines(text, limit: 100_000) }
  }
}
