/// The blocks of a request, for asking quickly whether a block is one of them, and which.
struct BlockMarks: Sendable {
  private struct Mark {
    var stamp: UInt32 = 0
    var place: UInt32 = 0
  }

  private var marks: [Mark] = []
  private var current: UInt32 = 0

  /// Forgets all marks and marks `blocks`, with numbers below `blockCount`.
  mutating func mark(_ blocks: [UInt32], blockCount: Int) {
    if marks.count < blockCount {
      marks.append(contentsOf: repeatElement(Mark(), count: blockCount - marks.count))
    }
    current &+= 1
    if current == 0 {
      for index in marks.indices { marks[index] = Mark() }
      current = 1
    }
    for (place, block) in blocks.enumerated() {
      marks[Int(block)] = Mark(stamp: current, place: UInt32(place))
    }
  }

  /// Whether a block is marked.
  @inline(__always)
  func contains(_ block: UInt32) -> Bool {
    Int(block) < marks.count && marks[Int(block)].stamp == current
  }

  /// The place of a block among those that were marked; nil if it is none of them.
  @inline(__always)
  func place(of block: UInt32) -> Int? {
    contains(block) ? Int(marks[Int(block)].place) : nil
  }
}
