import Bytes
import Testing

@Suite struct ByteEditsTests {
  private func edited(_ text: String, _ edits: (Int, Int, String)...) -> String {
    var all = ByteEdits()
    for (start, end, bytes) in edits { all.replace(ByteRange(start, end), by: Array(bytes.utf8)) }
    return String(decoding: all.applied(to: Array(text.utf8)), as: UTF8.self)
  }

  @Test func nothingIsChangedWhereNothingIsPut() {
    #expect(edited("abc") == "abc")
    #expect(edited("") == "")
  }

  @Test func stretchesMayComeInAnyOrder() {
    #expect(edited("abcdef", (4, 6, "X"), (0, 1, ""), (2, 3, "long")) == "blongdX")
  }

  @Test func whatIsPutInAtOnePlaceStandsInItsOrder() {
    #expect(edited("ab", (1, 1, "1"), (1, 1, "2"), (2, 2, "3"), (0, 0, "0")) == "0a12b3")
  }
}
