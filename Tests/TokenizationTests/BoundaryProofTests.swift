import Bytes
import TestSupport
import Testing
import Tokenization

/// Tries every short text on both sides of a boundary, over one character of each class that the
/// split patterns tell apart, and compares with what splitting the whole gives.
///
/// With `CPC_EXHAUSTIVE=1` in the environment the texts are longer; that takes minutes.
@Suite struct BoundaryProofTests {
  private static let isExhaustive = Environment.value("CPC_EXHAUSTIVE") == "1"

  /// Lu, Ll, Lo, a mark, a digit, another number, what contractions are made of, symbols of ASCII and
  /// beyond, white space of every kind, a control, Kana.
  private static let alphabet = [
    "A", "b", "é", "中", "\u{301}", "1", "'", "s", "r", "e", ".", "/", " ", "\t", "\n", "\u{1}",
  ]
  private static let more = [
    "ǅ", "ʰ", "½", "S", "l", "L", "v", "V", "E", "ſ", "—", "\u{A0}", "\u{3000}", "\r", "\u{378}",
    "の", "ö", "<",
  ]
  private static let longRights = [
    "'re", "'s", "'LL", "'ve", "'ſ", "re", "ll", "s.", "e.", " .", " a", " \n", "\t\n", "\n ",
    "\n/",
    "/\n", "\u{301}b", "Ab", "中b", "12", "123", ".b", "..", "\u{1}b", " \u{1}",
  ]

  private static func texts(_ letters: [String], upTo length: Int) -> [String] {
    var all = [""]
    var last = [""]
    for _ in 0..<length {
      last = last.flatMap { text in letters.map { text + $0 } }
      all += last
    }
    return all
  }

  private struct Counts {
    /// Texts whose furthest stable boundary is found, and all.
    var tight = 0
    var texts = 0
    /// Pairs of texts of which cutting between them gives other pieces, and all.
    var naiveFailures = 0
    var pairs = 0
  }

  /// The end of the pieces that both begin with.
  private func commonEnd(_ alone: [ByteRange], _ whole: [ByteRange]) -> Int {
    var end = 0
    for (left, right) in zip(alone, whole) {
      guard left == right else { break }
      end = left.end
    }
    return end
  }

  private func check(
    _ encoder: TextEncoder, _ left: String, _ rights: [String], _ counts: inout Counts
  ) throws {
    let bytes = Array(left.utf8)
    let alone = try encoder.pieces(of: bytes)
    var claims: [Continuation: Int] = [:]
    func claim(_ continuation: Continuation) throws -> Int {
      if let end = claims[continuation] { return end }
      let end = try encoder.stableEnd(in: bytes, at: bytes.count, before: continuation)
      claims[continuation] = end
      return end
    }
    var furthest = bytes.count
    for right in rights {
      let whole = try encoder.pieces(of: bytes + Array(right.utf8))
      let common = commonEnd(alone, whole)
      furthest = min(furthest, common)
      var ends: Set<Int> = [try claim(.anything)]
      if TextBoundary.canFollowLineBreak(ByteString(right)) {
        ends.insert(try claim(.lineStart))
      }
      if let first = right.unicodeScalars.first { ends.insert(try claim(.character(first))) }
      for end in ends {
        let rest = try encoder.pieces(of: Array(bytes[end...]) + Array(right.utf8))
        if end > common || rest.map({ $0.shifted(by: end) }) != whole.filter({ $0.start >= end }) {
          Issue.record("\(left.debugDescription) + \(right.debugDescription): not stable at \(end)")
        }
      }
      counts.pairs += 1
      counts.naiveFailures += common < bytes.count ? 1 : 0
    }
    counts.texts += 1
    counts.tight += try claim(.anything) == furthest ? 1 : 0
  }

  @Test(arguments: SplitEncoders.names)
  func holdsForShortTexts(name: ByteString) throws {
    let encoder = try SplitEncoders.encoder(name)
    let rights = Self.texts(Self.alphabet + Self.more, upTo: 1) + Self.longRights
    var lefts = Self.texts(Self.alphabet, upTo: Self.isExhaustive ? 4 : 2)
    lefts += Self.texts(Self.alphabet + Self.more, upTo: Self.isExhaustive ? 3 : 1)
    lefts += Self.texts(["A", "b", "中", "'", "r", ".", "1", " ", "\n"], upTo: 3)
    var counts = Counts()
    for left in lefts { try check(encoder, left, rights, &counts) }
    // The rule gives away next to nothing, and without it every fifth cut would be wrong.
    #expect(counts.tight * 1_000 >= counts.texts * 999)
    #expect(counts.naiveFailures * 5 > counts.pairs)
  }
}
