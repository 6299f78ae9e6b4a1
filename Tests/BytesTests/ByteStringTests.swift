import Bytes
import Testing

@Suite struct ByteStringTests {
  @Test func comparesByBytesAndNotByCanonicalEquivalence() {
    let composed = ByteString("\u{E9}")
    let decomposed = ByteString("e\u{301}")
    #expect("\u{E9}" == "e\u{301}")
    #expect(composed != decomposed)
    #expect([composed: 1, decomposed: 2].count == 2)
  }

  @Test func slicesAreComparedWithWholeArrays() {
    let text = Array("say abc, abd".utf8)
    #expect(text[4..<7].hasBytes(of: Array("abc".utf8)))
    #expect(!text[9..<12].hasBytes(of: Array("abc".utf8)))
    #expect(!text[4..<6].hasBytes(of: Array("abc".utf8)))
    #expect(text[4..<4].hasBytes(of: []))
  }

  @Test func ordersByCodePoint() {
    let sorted = ["b", "a", "\u{1F600}", "\u{FFFD}", ""].map { ByteString($0) }.sorted()
    #expect(sorted == ["", "a", "b", "\u{FFFD}", "\u{1F600}"].map { ByteString($0) })
  }
}
