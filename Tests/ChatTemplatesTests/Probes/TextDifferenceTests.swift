import Bytes
import ChatTemplates
import Testing

@Suite struct TextDifferenceTests {
  @Test func sameTextsDoNotDiffer() {
    #expect(TextDifference(Array("abc".utf8), Array("abc".utf8)) == nil)
    #expect(TextDifference([], []) == nil)
  }

  @Test func theEndOfOneTextIsADifference() throws {
    let difference = try #require(TextDifference(Array("ab".utf8), Array("abc".utf8)))
    #expect(difference.byte == 2)
    #expect(difference.before == "ab")
    #expect(difference.first == "")
    #expect(difference.second == "c")
    #expect(difference.token == nil)
  }

  @Test func placesAndContextsAreWholeCharacters() throws {
    let first = Array(
      (String(repeating: "ü", count: 40) + "é" + String(repeating: "日", count: 40)).utf8)
    let second = Array((String(repeating: "ü", count: 40) + "è").utf8)
    let difference = try #require(TextDifference(first, second))
    #expect(difference.byte == 80)
    #expect(difference.second == "è")
    for text in [difference.before, difference.first, difference.second] {
      #expect(text.count <= TextDifference.contextLimit)
      #expect(ByteString(text.string) == text)
    }
  }

  @Test func bytesThatAreNotTextAreCompared() throws {
    let difference = try #require(TextDifference([0x80, 0x81], [0x80, 0x82]))
    #expect(difference.byte == 0)
  }
}
