public import Bytes
public import TextProcessing

/// Folds texts one after another: what a text repeats of those before it, or of itself, becomes a
/// reference on one line.
///
/// What a text is shown as depends on nothing behind it. Every reference is read and resolved again
/// before it is taken, so that `TextExpander` gives each text back byte for byte.
/// ```swift
/// var folder = TextFolder(segmenter: try TextSegmenter())
/// let first = folder.fold(terms, as: "doc terms", counting: count)
/// let second = folder.fold(newTerms, as: "doc new-terms", counting: count)
/// // second.bytes: … [same as doc terms from "2. Payment" to "thirty days."] …
/// ```
public struct TextFolder: Sendable {
  private let settings: FoldSettings
  private let segmenter: TextSegmenter
  private let marks: ReferenceMarks
  private var shown = ShownTexts()
  private var writer: ReferenceWriter
  /// The names of the texts.
  private var sources: [ByteString] = []
  /// Of each text what it is where nothing is folded; nil if that is what is shown.
  private var unfolded: [[UInt8]?] = []
  /// The first text that has a name by the hash of what it is where nothing is folded.
  private var wholes: [UInt64: Int] = [:]

  /// Makes a folder that knows no text.
  ///
  /// - Parameters:
  ///   - settings: what is folded.
  ///   - wording: how references read.
  ///   - segmenter: what cuts texts into sentences; many folders may share one.
  public init(
    _ settings: FoldSettings = FoldSettings(), wording: ReferenceWording = .standard,
    segmenter: TextSegmenter
  ) {
    self.settings = settings
    self.segmenter = segmenter
    marks = ReferenceMarks(wording)
    writer = ReferenceWriter(wording)
  }

  /// Makes room for so many texts of so many bytes in all.
  public mutating func reserveCapacity(texts count: Int, bytes: Int) {
    writer.names.reserveCapacity(count)
    wholes.reserveCapacity(count)
    sources.reserveCapacity(count)
    unfolded.reserveCapacity(count)
    shown.reserveCapacity(texts: count, bytes: bytes)
  }

  /// Folds the next text against all before it, and adds it to them.
  ///
  /// - Parameters:
  ///   - source: how references name this text to the model, such as `doc terms`. A name that a text
  ///     has already is not referred to.
  ///   - known: what was found out about the text before, by any folder; is set to what is found out now.
  ///   - count: the tokens of a text for the model.
  /// - Throws: what `count` throws.
  /// - Complexity: linear in the text.
  public mutating func fold<Failure: Error>(
    _ text: [UInt8], as source: ByteString, known: inout SegmentedText?,
    counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) -> FoldedText {
    if let found = known, !found.isOf(text, settings, marks) { known = nil }
    let (escaped, insertions) = known.map { ($0.escaped, $0.insertions) } ?? marks.escaped(text)
    let hash = known?.hash ?? TextComparison.exactHash(of: escaped)
    let equal = textEqual(to: escaped, hash)
    let isNamed = begin(source)
    writer.searchBudget += Self.searchedPerByte * text.count
    var folding = FoldingText(
      escaped, known?.segments, settings, segmenter, shown: shown, writer: writer,
      sources: sources)
    // One owner, so that what is shown grows in place.
    shown = ShownTexts()
    defer {
      shown = folding.shown
      writer = folding.writer
      if known == nil, let segments = folding.segments {
        known = SegmentedText(
          text, insertions, hash: hash, segments, settings.level, marks)
      }
    }
    var result = try folding.folded(equalTo: equal, counting: count)
    result.escapedMarkCount = insertions.count
    remember(escaped, isNamed && equal == nil ? hash : nil, isFolded: result.isFolded)
    for index in result.references.indices {
      let range = result.references[index].range
      result.references[index].range = ByteRange(
        Self.offset(range.start, without: insertions), Self.offset(range.end, without: insertions))
    }
    return result
  }

  /// The same for a text of which nothing is known.
  public mutating func fold<Failure: Error>(
    _ text: [UInt8], as source: ByteString, counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) -> FoldedText {
    var known: SegmentedText?
    return try fold(text, as: source, known: &known, counting: count)
  }

  /// Adds a text that is shown as it is: later ones may refer to it.
  ///
  /// - Complexity: linear in the text.
  public mutating func show(_ text: [UInt8], as source: ByteString) {
    let isNamed = begin(source)
    for segment in TextSegments(text, by: settings, segmenter).segments {
      shown.append(segment, from: text)
    }
    remember(text, isNamed ? TextComparison.exactHash(of: text) : nil, isFolded: false)
  }

  /// How many bytes may be searched for quotations for each byte of text.
  private static let searchedPerByte = 64

  /// Gives the next text its name.
  ///
  /// - Returns: whether it is the first one that has it, to which references with this name point.
  private mutating func begin(_ source: ByteString) -> Bool {
    let isNamed = writer.names[source] == nil
    if isNamed { writer.names[source] = sources.count }
    sources.append(source)
    shown.beginText()
    return isNamed
  }

  /// The first text that is `text` where nothing is folded, and has a name; nil if there is none.
  private func textEqual(to text: [UInt8], _ hash: UInt64) -> Int? {
    guard let place = wholes[hash] else { return nil }
    if let other = unfolded[place] { return other == text ? place : nil }
    let range = shown.range(of: place)
    return shown.bytes[range.start..<range.end].elementsEqual(text) ? place : nil
  }

  /// Keeps what the newest text is where nothing is folded.
  ///
  /// - Parameter hash: its hash if later texts may refer to the whole of it.
  private mutating func remember(_ text: [UInt8], _ hash: UInt64?, isFolded: Bool) {
    if let hash, wholes[hash] == nil { wholes[hash] = unfolded.count }
    unfolded.append(isFolded ? text : nil)
  }

  /// Where a byte stands in the text as it was given.
  private static func offset(_ offset: Int, without insertions: [Int]) -> Int {
    var (low, high) = (0, insertions.count)
    while low < high {
      let middle = (low + high) / 2
      if insertions[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return offset - low
  }
}
