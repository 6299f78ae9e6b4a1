import OrderedJSON
import Testing

@Suite struct SourceTextTests {
  @Test(arguments: [(0, 1, 1), (3, 1, 3), (4, 1, 4), (5, 2, 1), (6, 2, 2), (99, 3, 1)])
  func countsLinesAndCodePoints(offset: Int, line: Int, column: Int) {
    let source = SourceText(name: "x", bytes: Array("aéb\nc\n".utf8))
    let position = source.position(at: offset)
    #expect(position.line == line)
    #expect(position.column == column)
  }
}
