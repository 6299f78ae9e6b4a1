internal import Bytes

/// What is kept or dropped as one: a block with the references to it, or a reference to what the
/// conversation shows.
struct BlockUnit {
  /// The places of its blocks in the representation's list.
  fileprivate(set) var places: [Int]
  /// The place of the block that is shown; nil for a reference alone.
  let shown: Int?
  /// Whether it is never dropped.
  fileprivate(set) var isPinned: Bool

  /// The units of some blocks, most important first.
  static func units(of blocks: [ContextBlock]) -> [BlockUnit] {
    var units: [BlockUnit] = []
    var owners: [ByteString: Int] = [:]
    for (place, block) in blocks.enumerated() where block.referent == nil {
      owners[block.label] = units.count
      units.append(BlockUnit(places: [place], shown: place, isPinned: block.pin != nil))
    }
    for (place, block) in blocks.enumerated() {
      guard let referent = block.referent else { continue }
      if let owner = owners[referent] {
        units[owner].places.append(place)
        units[owner].isPinned = units[owner].isPinned || block.pin != nil
      } else {
        units.append(BlockUnit(places: [place], shown: nil, isPinned: block.pin != nil))
      }
    }
    let key = BlockKey(.importance)
    return units.sorted { key.precedes(blocks[$0.places[0]], blocks[$1.places[0]]) }
  }
}
