internal import Bytes

/// The tokens of a SentencePiece BPE model with their scores: of all adjacent pairs that make a token,
/// the one whose token has the highest score is merged, the leftmost first.
struct ScoredPieces {
  /// A token.
  struct Piece {
    var text: ByteString
    var score: Float
    /// Whether merges lead to it and from it.
    var isMergeable: Bool
  }

  /// The longest token in bytes that merges can lead to; those of known models have less than 100.
  static let lengthLimit = 1 << 10

  /// A token that is not as it should be.
  struct Fault: Error {
    var index: Int
    var message: String
  }

  private(set) var merges: [VocabularyDescription.Merge] = []
  /// The rank of each merge: that of the token that it makes, among all that merges make.
  private(set) var ranks: [UInt32] = []
  /// The ranks of tokens of one score.
  private(set) var ties: [ClosedRange<UInt32>] = []

  /// Derives the merges.
  ///
  /// - Throws: `Fault` for a score that is no number, a token that is too long or stands twice, and one
  ///   that a character makes which is no token: SentencePiece merges those too, cpc does not.
  /// - Complexity: quadratic in the length of a token, which is limited.
  init(_ pieces: [Piece]) throws(Fault) {
    var ids: [ByteString: UInt32] = [:]
    ids.reserveCapacity(pieces.count)
    for (index, piece) in pieces.enumerated() where !piece.text.isEmpty {
      guard ids.updateValue(UInt32(index), forKey: piece.text) == nil else {
        throw Fault(index: index, message: "the token \(piece.text) again")
      }
      guard !piece.score.isNaN else {
        throw Fault(index: index, message: "the score is no number")
      }
    }
    let order = pieces.indices.filter { pieces[$0].isMergeable }.sorted {
      (-pieces[$0].score, $0) < (-pieces[$1].score, $1)
    }
    var scores: [Float] = []
    for index in order {
      let made = try Self.merges(making: index, of: pieces, ids)
      guard !made.isEmpty else { continue }
      guard made.count + merges.count < VocabularyFormat.mergeLimit else {
        throw Fault(index: index, message: "more merges than the format can hold")
      }
      merges += made
      ranks += repeatElement(UInt32(scores.count), count: made.count)
      scores.append(pieces[index].score)
    }
    var start = 0
    for rank in scores.indices where rank + 1 == scores.count || scores[rank + 1] != scores[rank] {
      if rank > start { ties.append(UInt32(start)...UInt32(rank)) }
      start = rank + 1
    }
  }

  private static func merges(
    making index: Int, of pieces: [Piece], _ ids: [ByteString: UInt32]
  ) throws(Fault) -> [VocabularyDescription.Merge] {
    let text = pieces[index].text.bytes
    guard text.count <= lengthLimit else {
      throw Fault(index: index, message: "a token of \(text.count) bytes")
    }
    var merges: [VocabularyDescription.Merge] = []
    for cut in text.indices.dropFirst() where text[cut] & 0xC0 != 0x80 {
      let parts = [ByteString(text[..<cut]), ByteString(text[cut...])]
      let partIDs = parts.map { ids[$0] }
      if let left = partIDs[0], let right = partIDs[1] {
        guard pieces[Int(left)].isMergeable, pieces[Int(right)].isMergeable else { continue }
        merges.append(.init(left: left, right: right, result: UInt32(index)))
      } else if zip(parts, partIDs).allSatisfy({ part, id in
        id.map { pieces[Int($0)].isMergeable } ?? isCharacter(part)
      }) {
        throw Fault(
          index: index,
          message: "not supported: \(pieces[index].text) is made of a character that is no token")
      }
    }
    return merges
  }

  private static func isCharacter(_ text: ByteString) -> Bool {
    text.bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
  }
}
