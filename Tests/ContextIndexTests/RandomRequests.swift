import ContextIndex
import TestSupport

extension RequestBatch {
  /// Requests of random blocks, low numbers more often than high ones.
  static func random(
    _ count: Int, blocks: Int, size: ClosedRange<Int>, using generator: inout SeededGenerator
  ) -> RequestBatch {
    var batch = RequestBatch(
      tokens: (0..<blocks).map { _ in UInt32.random(in: 0...900, using: &generator) })
    for _ in 0..<count {
      let wanted = Int.random(in: size, using: &generator)
      batch.append(
        (0..<wanted).map { _ in
          let unit = Double.random(in: 0..<1, using: &generator)
          return UInt32(unit * unit * Double(blocks))
        })
    }
    return batch
  }
}
