import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct JSONStringLiteralTests {
  @Test(
    "a literal ends at its quote",
    arguments: [
      ("\"abc\"", false), ("\"\"", false), ("\"a\\nb\"", true), ("\"a\\\"b\"", true),
      ("\"a\\\\\"", true),
      ("\"\\ud83d\\ude00x\"", true),
    ])
  func range(literal: String, hasEscapes: Bool) throws {
    let source = Array("[\(literal), \"x\"]".utf8)
    let found = try #require(JSONStringLiteral(at: 1, in: source))
    #expect(found.range == ByteRange(1, 1 + literal.utf8.count))
    #expect(found.hasEscapes == hasEscapes)
  }

  @Test("there is none where no quote stands, or no second one")
  func none() {
    #expect(JSONStringLiteral(at: 0, in: Array("[]".utf8)) == nil)
    #expect(JSONStringLiteral(at: 9, in: Array("[]".utf8)) == nil)
    #expect(JSONStringLiteral(at: 0, in: Array("\"a\\\"".utf8)) == nil)
  }

  @Test func theByteOfAnEscapeIsWhereItBegins() throws {
    let source = Array(#""a\u00e9\n\"b""#.utf8)
    let literal = try #require(JSONStringLiteral(at: 0, in: source))
    #expect(
      literal.offsets(ofBytes: [0, 1, 2, 3, 4, 5, 6], in: source) == [1, 2, 2, 8, 10, 12, 13])
  }

  @Test(arguments: [#""abc""#, #""a\u00e9\n\ud83d\ude00z\"""#, #""\u65e5é𝄞""#])
  func manyOffsetsAreThoseOfEach(spelled: String) throws {
    let source = Array(spelled.utf8)
    let literal = try #require(JSONStringLiteral(at: 0, in: source))
    let indices = Array(0...16)
    #expect(
      literal.offsets(ofBytes: indices, in: source)
        == indices.flatMap { literal.offsets(ofBytes: [$0], in: source) })
  }

  @Test(arguments: 0..<64)
  func offsetsAreThoseOfWhatWasParsed(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "a", "\\n", "\\\"", "\\u0041", "\\u00e9", "\\u65E5", "é", "𝄞", "\\ud83d\\uDE00", "\\ud83d",
      "\\udc00", "\\\\",
    ]
    let spelled = (0..<12).map { _ in pieces.randomElement(using: &generator) ?? "" }
    let source = Array("\"\(spelled.joined())\"".utf8)
    let literal = try #require(JSONStringLiteral(at: 0, in: source))
    func count(_ bytes: [UInt8]) throws -> Int {
      let node = try JSONParser.parse(bytes + Array("\"".utf8), loneSurrogates: .replaced)
      return try #require(node.string).bytes.count
    }
    // Where one piece ends and none of them goes on that two make together.
    var (place, expected, indices): (Int, [Int], [Int]) = (1, [], [])
    for (number, piece) in spelled.enumerated() {
      let isBehindHalf = number > 0 && spelled[number - 1].hasSuffix("\\ud83d")
      if !(isBehindHalf && piece == "\\udc00") {
        expected.append(place)
        indices.append(try count(Array(source[..<place])))
      }
      place += piece.utf8.count
    }
    #expect(literal.offsets(ofBytes: indices, in: source) == expected, "\(spelled.joined())")
  }
}
