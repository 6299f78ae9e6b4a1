/// Sets of blocks in numbers from 0 without gaps, less the blocks that only one of them holds.
struct LocalNumbering {
  /// The sets in the new numbers, ascending.
  private(set) var sets: [[UInt32]] = []
  /// The old number of each new one, ascending.
  private(set) var blocks: [UInt32] = []

  /// Numbers the blocks of `original`, whose sets are ascending.
  init(_ original: [[UInt32]]) {
    var counts: [UInt32: UInt32] = [:]
    for set in original { for block in set { counts[block, default: 0] += 1 } }
    blocks = counts.filter { $0.value > 1 }.keys.sorted()
    var numbers: [UInt32: UInt32] = [:]
    for (number, block) in blocks.enumerated() { numbers[block] = UInt32(number) }
    sets = original.map { $0.compactMap { numbers[$0] } }
  }
}
