import Bytes
import TestSupport
import Testing

@Suite struct GzipFileTests {
  /// `printf 'one\ntwo\n' | gzip -n` (gzip 1.12).
  private static let packed: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 207, 75, 229, 42, 41, 207, 231, 2, 0, 230, 11, 186, 18, 8,
    0, 0, 0,
  ]

  private func lines(_ bytes: [UInt8]) throws -> [String] {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(bytes, to: folder + "/f")
      var lines: [String] = []
      try Files.forEachUnpackedLine(of: folder + "/f") { number, line in
        lines.append("\(number) \(String(decoding: line, as: UTF8.self))")
      }
      return lines
    }
  }

  @Test func unpacksMembersAndLeavesOtherFilesAsTheyAre() throws {
    #expect(try lines(Self.packed) == ["1 one", "2 two"])
    #expect(try lines(Self.packed + Self.packed) == ["1 one", "2 two", "3 one", "4 two"])
    #expect(try lines(Array("a\nb".utf8)) == ["1 a", "2 b"])
    #expect(try lines([]) == [])
    #expect(try lines([0x1F]) == ["1 \u{1F}"])
  }

  @Test func refusesWhatIsDamaged() throws {
    for count in 2..<Self.packed.count {
      #expect(throws: FileError.self) { try lines(Array(Self.packed[..<count])) }
    }
    for index in [2, 12, Self.packed.count - 6] {
      var damaged = Self.packed
      damaged[index] ^= 0xFF
      #expect(throws: FileError.self) { try lines(damaged) }
    }
    #expect(throws: FileError.self) { try lines(Self.packed + [1, 2, 3]) }
  }
}
