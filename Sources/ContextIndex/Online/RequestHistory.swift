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
    for (place, block) in blocks.enumerated() {
      forEachEntry(of: block) { start, counter in
        counter.add(start)
        affinities[place].count += 1
      }
    }
    for (start, common) in counter.highest(Self.similarLimit) {
      var other = 0
      forEachBlock(from: start) { _ in other += 1 }
      let similarity = Double(common) / Double(size + other - common)
      forEachBlock(from: start) { block in
        if let place = marks.place(of: block) {
          affinities[place].strength += similarity * similarity
        }
      }
    }
    return affinities
  }

  /// Calls `body` with the first entry of each of the latest requests that hold the block.
  @inline(__always)
  private mutating func forEachEntry(
    of block: UInt32, _ body: (Int, inout OccurrenceCounter) -> Void
  ) {
    guard Int(block) < latest.count else { return }
    var entry = latest[Int(block)] - 1
    for _ in 0..<Self.chainLimit {
      guard entry >= 0, entry >= end - capacity else { return }
      let found = entries[entry & mask]
      let start = entry - Int(found.offset)
      guard found.block == block, start >= end - capacity else { return }
      body(start, &counter)
      guard found.distance > 0 else { return }
      entry -= Int(found.distance)
    }
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
