import Bytes
import TextProcessing
import Testing

@Suite struct PatternTests {
  @Test func findsMatchesAsByteRanges() throws {
    let matcher = try PatternMatcher(Pattern(#"\p{L}+|\s+"#))
    let text = Array("né  1日本".utf8)
    #expect(first(text, 0) == ByteRange(0, 3))
    #expect(first(text, 3) == ByteRange(3, 5))
    #expect(first(text, 5) == ByteRange(6, 12))
    #expect(first(text, 12) == nil)

    func first(_ text: [UInt8], _ offset: Int) -> ByteRange? {
      text.withUnsafeBytes { try? matcher.firstMatch(in: $0, from: offset) }
    }
  }

  @Test func saysWhereAPatternIsWrong() {
    let error = #expect(throws: PatternError.self) { try Pattern("ab(c") }
    #expect(error?.offset == 4)
    #expect(error?.message.contains("parenthesis") == true)
  }

  @Test func survivesPatternsThatExhaustTheStack() throws {
    let matcher = try PatternMatcher(Pattern(#"(?:(a|b)*c)|a"#))
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2_000_000)
    try text.withUnsafeBytes { bytes in
      _ = try? matcher.firstMatch(in: bytes, from: 0)
      let short = UnsafeRawBufferPointer(rebasing: bytes[..<3])
      for _ in 0..<Self.often { _ = try matcher.firstMatch(in: short, from: 0) }
      _ = try? matcher.firstMatch(in: bytes, from: 0)
    }
  }

  @Test func findsTheSameWithMachineCodeFromManyTasks() async throws {
    let pattern = try Pattern(#"[a-z]+(?=\d)|\d+"#)
    let text = Array("-- abc12 x7 ".utf8)
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let matcher = try PatternMatcher(pattern)
          return try text.withUnsafeBytes { bytes in
            try (0..<Self.often).filter { _ in
              try matcher.firstMatch(in: bytes, from: 0) != ByteRange(3, 6)
                || matcher.firstMatch(in: bytes, from: 6) != ByteRange(6, 8)
                || matcher.firstMatch(in: bytes, from: 11) != nil
            }.count
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  /// More matches than are interpreted before there is machine code.
  private static let often = 2_000
}
