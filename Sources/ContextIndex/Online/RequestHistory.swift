/// The latest requests, for asking which of them were like a new one.
///
/// A ring of entries, one for each block of each request, 12 bytes each; the entries of one block are linked
/// from the latest to the earliest. What the ring has gone over is forgotten.
struct RequestHistory: Sendable {
  private struct Entry {
    var block: UInt32 = 0
    /// The distance to the block's entry before this one; 0 if there is none.
    var distance: UInt32 = 0
    /// The distance to the first entry of the request.
    var offset: UInt32 = 0
  }

  /// What earlier requests say about a block of a new one.
  struct Affinity {
    /// How strongly those that were most like the new one ask for it: the sum of the squares of their
    /// similarities, the similarity being that of Jaccard (1901).
    var strength = 0.0
    /// How many held it, up to a few.
    var count = 0
  }

  private var entries: [Entry] = []
  /// The number of entries there ever were.
  private var end = 0
  /// The latest entry of each block, counted from 1; 0 for none.
  private var latest: [Int] = []
  private let capacity: Int
  private let mask: Int
  private var counter = OccurrenceCounter()

  /// How many requests are looked at for each block, and how many of those that were most alike count.
  private static let chainLimit = 32
  private static let similarLimit = 32

  /// Makes an empty history.
  ///
  /// - Parameter capacity: the most entries, a power of two; the history takes up to 12 bytes times as
  ///   many, and 8 bytes for each block that is known.
  init(capacity: Int = 1 << 18) {
    precondition(capacity.nonzeroBitCount == 1, "the capacity must be a power of two")
    self.capacity = capacity
    mask = capacity - 1
  }

  /// The memory of the history in bytes.
  var memory: Int { entries.capacity * MemoryLayout<Entry>.stride + latest.capacity * 8 }

  /// Adds a request. One that has more blocks than a quarter of the ring is left out.
  mutating func append(_ blocks: [UInt32], blockCount: Int) {
    guard blocks.count <= capacity / 4 else { return }
    if latest.count < blockCount {
      latest.append(contentsOf: repeatElement(0, count: blockCount - latest.count))
    }
    for (offset, block) in blocks.enumerated() {
      let previous = latest[Int(block)] - 1
      let distance = previous >= 0 && end - previous < capacity ? end - previous : 0
      let entry = Entry(block: block, distance: UInt32(distance), offset: UInt32(offset))
      if entries.count < capacity {
        entries.append(entry)
      } else {
        entries[end & mask] = entry
      }
      latest[Int(block)] = end + 1
      end += 1
    }
  }

  /// Forgets that a block was ever there, whose number is going to be another's.
  mutating func forget(_ block: UInt32) {
    if Int(block) < latest.count { latest[Int(block)] = 0 }
  }

  /// What the earlier requests that were most like a new one say about its blocks.
  ///
  /// - Parameters:
  ///   - blocks: the blocks of the new request.
  ///   - marks: the same, marked.
  ///   - size: the number of its blocks together with those that were never seen.
  mutating func affinities(
    of blocks: [UInt32], _ marks: BlockMarks, size: Int
  ) -> [Affinity] {
    var affinities = Array(repeating: Affinity(), count: blocks.count)
    counter.removeAll()
    counter.add(starts(of: blocks, &affinities))
    var places: [Int] = []
    for (start, common) in counter.highest(Self.similarLimit) {
      places.removeAll(keepingCapacity: true)
      var other = 0
      forEachBlock(from: start) { block in
        other += 1
        if let place = marks.place(of: block) { places.append(place) }
      }
      let similarity = Double(common) / Double(size + other - common)
      for place in places { affinities[place].strength += similarity * similarity }
    }
    return affinities
  }

  /// The first entries of the latest requests that hold the blocks, once for each block; counts for each block how many
  /// there are.
  ///
  /// The chains of all blocks are followed side by side, since the entries of one are far from each other: while memory
  /// answers for one, the processor goes on with the others.
  private func starts(of blocks: [UInt32], _ affinities: inout [Affinity]) -> [Int] {
    let entries = entries.span
    var chains: [(place: Int, entry: Int)] = []
    for (place, block) in blocks.enumerated() where Int(block) < latest.count {
      chains.append((place, latest[Int(block)] - 1))
    }
    var starts: [Int] = []
    starts.reserveCapacity(chains.count * Self.chainLimit)
    for _ in 0..<Self.chainLimit {
      var kept = 0
      for (place, entry) in chains where entry >= 0 && entry >= end - capacity {
        let found = entries[entry & mask]
        let start = entry - Int(found.offset)
        guard found.block == blocks[place], start >= end - capacity else { continue }
        starts.append(start)
        affinities[place].count += 1
        guard found.distance > 0 else { continue }
        chains[kept] = (place, entry - Int(found.distance))
        kept += 1
      }
      chains.removeLast(chains.count - kept)
      if chains.isEmpty { break }
    }
    return starts
  }

  @inline(__always)
  private func forEachBlock(from start: Int, _ body: (UInt32) -> Void) {
    var entry = start
    repeat {
      body(entries[entry & mask].block)
      entry += 1
    } while entry < end && entries[entry & mask].offset > 0
  }
}
