internal import CVector

/// Finds marks in a text from its start to its end, 64 bytes a step.
///
/// Invariant: `mask` has the marks of the 64 bytes at `block` that were not returned yet, none behind
/// the end of the text; a byte behind the end is not read.
struct MarkCursor {
  enum Marks {
    /// Line feeds and carriage returns.
    case lineEnds
    /// The ASCII marks that end sentences, and the lead bytes of others.
    case stops
  }

  private let base: UnsafePointer<UInt8>?
  private let count: Int
  private let marks: Marks
  private var block = 0
  private var mask: UInt64 = 0

  init(_ text: UnsafeRawBufferPointer, _ marks: Marks) {
    base = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
    count = text.count
    self.marks = marks
    mask = find(at: 0)
  }

  /// Returns the next mark if it is before `end`; it is not returned again.
  @inline(__always)
  mutating func next(before end: Int) -> Int? {
    while mask == 0 {
      guard block + 64 < end else { return nil }
      block += 64
      mask = find(at: block)
    }
    let offset = block + mask.trailingZeroBitCount
    guard offset < end else { return nil }
    mask &= mask - 1
    return offset
  }

  /// Passes over the marks before `offset`, which is not before the last mark returned.
  @inline(__always)
  mutating func skip(to offset: Int) {
    if offset - block < 64 {
      if offset > block { mask &= UInt64.max &<< UInt64(offset - block) }
    } else {
      block = offset
      mask = find(at: block)
    }
  }

  private func find(at offset: Int) -> UInt64 {
    guard let base, offset < count else { return 0 }
    guard offset + 64 <= count else { return findAtEnd(base, from: offset) }
    switch marks {
    case .lineEnds: return cvector_newlines_of_64(base + offset)
    case .stops: return cvector_stops_of_64(base + offset)
    }
  }

  private func findAtEnd(_ base: UnsafePointer<UInt8>, from offset: Int) -> UInt64 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { copy in
      copy.initialize(repeating: 0)
      for index in offset..<count { copy[index - offset] = base[index] }
      guard let start = copy.baseAddress else { return 0 }
      switch marks {
      case .lineEnds: return cvector_newlines_of_64(start)
      case .stops: return cvector_stops_of_64(start)
      }
    }
  }
}
