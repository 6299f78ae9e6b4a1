/// The blocks that an index knows, by number. Numbers that nothing uses any more are given to others.
struct BlockTable: Sendable {
  private var numbers: [BlockFingerprint: UInt32] = [:]
  /// By number.
  private(set) var fingerprints: [BlockFingerprint] = []
  /// The tokens of each block, by number.
  private(set) var tokens: [UInt32] = []
  private var uses: [UInt32] = []
  private var free: [UInt32] = []

  /// The number of blocks.
  var count: Int { numbers.count }

  /// The number of a block, or nil if it is not known.
  func number(of block: BlockFingerprint) -> UInt32? { numbers[block] }

  /// The number of a block, which is made known if it is not. Its tokens are those that it had first: equal
  /// text has equal tokens.
  mutating func intern(_ block: IndexedBlock) -> UInt32 {
    if let number = numbers[block.fingerprint] { return number }
    let number: UInt32
    if let reused = free.popLast() {
      number = reused
      fingerprints[Int(number)] = block.fingerprint
      tokens[Int(number)] = block.tokens
    } else {
      number = UInt32(fingerprints.count)
      fingerprints.append(block.fingerprint)
      tokens.append(block.tokens)
      uses.append(0)
    }
    numbers[block.fingerprint] = number
    return number
  }

  /// Counts one use more of each block.
  mutating func retain(_ blocks: some Sequence<UInt32>) {
    for block in blocks { uses[Int(block)] += 1 }
  }

  /// Counts one use less of each block, and calls `forgotten` with those that are not used any more, whose
  /// numbers become free.
  mutating func release(_ blocks: some Sequence<UInt32>, _ forgotten: (UInt32) -> Void) {
    for block in blocks where uses[Int(block)] > 0 {
      uses[Int(block)] -= 1
      if uses[Int(block)] == 0 { forget(block, forgotten) }
    }
  }

  /// Forgets a block that nothing uses.
  mutating func forgetIfUnused(_ block: UInt32, _ forgotten: (UInt32) -> Void) {
    if uses[Int(block)] == 0 { forget(block, forgotten) }
  }

  private mutating func forget(_ block: UInt32, _ forgotten: (UInt32) -> Void) {
    guard numbers.removeValue(forKey: fingerprints[Int(block)]) != nil else { return }
    free.append(block)
    forgotten(block)
  }
}
