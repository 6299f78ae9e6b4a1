/// The long pieces of a batch that were cut into parts before it is their turn.
struct PieceCuts {
  private struct Cut {
    let piece: Int
    let partEnd: Int
  }

  private var cuts: [Cut] = []
  /// The first of them whose turn has not come.
  private var next = 0
  private var partStart = 0
  /// The index of the first piece that was not looked at.
  var end = 0
  /// Whether the parts that are not known were looked for.
  var arePrepared = false

  /// Adds a piece that stands behind the others; its parts are the next ones up to `partEnd`.
  mutating func append(piece: Int, partEnd: Int) {
    cuts.append(Cut(piece: piece, partEnd: partEnd))
  }

  /// The parts of a piece whose turn has come; nil if it was not cut. Those of the pieces before it are passed over.
  mutating func takeParts(ofPiece piece: Int) -> Range<Int>? {
    while next < cuts.count, cuts[next].piece <= piece {
      let (cut, start) = (cuts[next], partStart)
      next += 1
      partStart = cut.partEnd
      if cut.piece == piece { return start..<cut.partEnd }
    }
    return nil
  }

  /// Forgets all pieces.
  mutating func removeAll() {
    cuts.removeAll(keepingCapacity: true)
    (next, partStart, end, arePrepared) = (0, 0, 0, false)
  }
}
