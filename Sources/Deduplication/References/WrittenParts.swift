internal import Bytes

/// The references to parts that were written last, for texts that repeat the same part again and again.
struct WrittenParts {
  /// The text of a reference, and what of the part it stands for.
  typealias Reference = (bytes: [UInt8], part: ByteRange)

  private struct Entry {
    let source: Int
    let part: ByteRange
    let reference: Reference
  }

  private var entries: [Entry] = []
  private var oldest = 0

  private static let capacity = 8

  /// Returns the reference to a part of a text, written once.
  ///
  /// - Parameters:
  ///   - part: where it stands in what is shown of the text.
  ///   - source: the number of the text.
  ///   - write: writes it; depends on nothing that is shown behind the part.
  mutating func reference(
    to part: ByteRange, of source: Int, writing write: () -> Reference?
  ) -> Reference? {
    if let known = entries.first(where: { $0.part == part && $0.source == source }) {
      return known.reference
    }
    guard let reference = write() else { return nil }
    let entry = Entry(source: source, part: part, reference: reference)
    if entries.count < Self.capacity {
      entries.append(entry)
    } else {
      entries[oldest] = entry
      oldest = (oldest + 1) % Self.capacity
    }
    return reference
  }

  /// Forgets references to what is no longer shown of a text.
  mutating func forget(partsOf source: Int, endingBehind end: Int) {
    guard entries.contains(where: { $0.source == source && $0.part.end > end }) else { return }
    entries.removeAll()
    oldest = 0
  }
}
