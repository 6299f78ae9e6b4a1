/// Finds the child of a node by the first block of the child's edge: an open-addressing table with linear
/// probing (Knuth, The Art of Computer Programming 3, 6.4), 8 bytes a slot.
struct ChildTable {
  /// The node in the lower half, a part of the hash in the upper; 0 is empty, since the root is no child.
  private var slots: [UInt64]
  private var mask: Int
  private var count = 0

  /// Makes an empty table.
  init() {
    slots = Array(repeating: 0, count: 16)
    mask = 15
  }

  /// The memory of the table in bytes.
  var memory: Int { slots.count * MemoryLayout<UInt64>.stride }

  /// Returns the child of `parent` that begins with `block`, or nil.
  ///
  /// - Parameter isChild: whether a node is that child; the table asks for few others.
  @inline(__always)
  func child(of parent: UInt32, _ block: UInt32, where isChild: (UInt32) -> Bool) -> UInt32? {
    let hash = Self.hash(parent, block)
    var index = Int(hash) & mask
    while true {
      let slot = slots[index]
      if slot == 0 { return nil }
      let node = UInt32(truncatingIfNeeded: slot)
      if slot >> 32 == hash, isChild(node) { return node }
      index = (index + 1) & mask
    }
  }

  /// Adds a child that is not there yet.
  mutating func insert(_ node: UInt32, of parent: UInt32, _ block: UInt32) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    place(Self.hash(parent, block) << 32 | UInt64(node))
    count += 1
  }

  /// Puts `node` where the child `old` of `parent` stands.
  mutating func replace(_ old: UInt32, by node: UInt32, of parent: UInt32, _ block: UInt32) {
    guard let index = index(of: old, Self.hash(parent, block)) else { return }
    slots[index] = slots[index] & ~0xFFFF_FFFF | UInt64(node)
  }

  /// Removes a child.
  mutating func remove(_ node: UInt32, of parent: UInt32, _ block: UInt32) {
    guard var hole = index(of: node, Self.hash(parent, block)) else { return }
    count -= 1
    slots[hole] = 0
    // Whoever stood behind the hole because its own place was taken moves up.
    var index = (hole + 1) & mask
    while slots[index] != 0 {
      let home = Int(slots[index] >> 32) & mask
      if (index - home) & mask >= (index - hole) & mask {
        slots[hole] = slots[index]
        slots[index] = 0
        hole = index
      }
      index = (index + 1) & mask
    }
  }

  private func index(of node: UInt32, _ hash: UInt64) -> Int? {
    let wanted = hash << 32 | UInt64(node)
    var index = Int(hash) & mask
    while slots[index] != 0 {
      if slots[index] == wanted { return index }
      index = (index + 1) & mask
    }
    return nil
  }

  private mutating func place(_ slot: UInt64) {
    var index = Int(slot >> 32) & mask
    while slots[index] != 0 { index = (index + 1) & mask }
    slots[index] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    mask = slots.count - 1
    for slot in old where slot != 0 { place(slot) }
  }

  /// 32 bits.
  @inline(__always)
  private static func hash(_ parent: UInt32, _ block: UInt32) -> UInt64 {
    let mixed = (UInt64(parent) << 32 | UInt64(block)) &* 0x9E37_79B9_7F4A_7C15
    return ((mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9) >> 32
  }
}
