internal import Bytes

/// A text that steps of normalisation have changed, with the place in the original text that each of
/// its bytes comes from, where that is asked for.
struct AlignedText {
  private(set) var bytes: [UInt8] = []
  /// For each byte, where what it stands for ends in the original text; nil if nobody asks.
  private var ends: [Int]?

  /// A text that nothing has changed yet.
  init(_ text: UnsafeRawBufferPointer, recordingEnds: Bool) {
    bytes = Array(text)
    ends = recordingEnds ? Array(1..<(text.count + 1)) : nil
  }

  /// An empty text, to which parts of `source` and new text are appended.
  init(emptyFrom source: AlignedText) {
    bytes.reserveCapacity(source.bytes.count + source.bytes.count / 4)
    ends = source.ends.map { _ in [] }
  }

  /// Whether places are recorded.
  var recordsEnds: Bool { ends != nil }

  /// The offset in the original text that corresponds to `offset`; 0 if places are not recorded.
  func originalOffset(_ offset: Int) -> Int {
    guard let ends, offset > 0 else { return 0 }
    return offset <= ends.count ? ends[offset - 1] : ends.last ?? 0
  }

  /// Appends a part of `source` as it is.
  mutating func append(_ source: AlignedText, _ range: Range<Int>) {
    bytes.append(contentsOf: source.bytes[range])
    if let places = source.ends { ends?.append(contentsOf: places[range]) }
  }

  /// Appends text that stands for what ends at `end` in the original text.
  mutating func append(_ text: some Collection<UInt8>, endingAt end: Int) {
    bytes.append(contentsOf: text)
    ends?.append(contentsOf: repeatElement(end, count: text.count))
  }
}
