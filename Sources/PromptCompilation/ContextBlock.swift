public import Bytes
internal import ContextIndex
public import Deduplication
internal import Tokenization

/// A block on its way through the passes.
///
/// Passes copy blocks again and again; so what the block says is kept in one place that its copies share until one of
/// them is changed.
public struct ContextBlock: Sendable {
  private var content: Content
  /// What passes have computed of it.
  var facts = BlockFacts()
  /// The place in the spec's list, from 0.
  public internal(set) var index: Int
  /// The place in the order of importance, from 0.
  public var importanceRank: Int
  /// Whether the caller named it; else its label is made of its content.
  var isNamed: Bool
  /// The importance that the spec states.
  public var importance: Double?
  /// Where it is pinned.
  public var pin: Block.Pin?

  init(
    label: ByteString, title: ByteString?, text: ByteString, index: Int, importanceRank: Int,
    isNamed: Bool, importance: Double?, pin: Block.Pin?
  ) {
    content = Content(label: label, title: title, text: text)
    self.index = index
    self.importanceRank = importanceRank
    self.isNamed = isNamed
    self.importance = importance
    self.pin = pin
  }

  /// The short name that the prompt shows; it does not depend on the position.
  public var label: ByteString {
    get { content.label }
    set { change { $0.label = newValue } }
  }
  /// The title that the prompt shows.
  public var title: ByteString? {
    get { content.title }
    set { change { $0.title = newValue } }
  }
  /// The text.
  public var text: ByteString {
    get { content.text }
    set { change { $0.text = newValue } }
  }
  /// The label of the earlier block that this one is a reference to; nil for a block that is shown.
  public var referent: ByteString? {
    get { content.referent }
    set { change { $0.referent = newValue } }
  }
  /// What is shown of the text where that is not the text itself; nil if it is.
  public internal(set) var folded: FoldedText? {
    get { content.folded }
    set { change { $0.folded = newValue } }
  }
  /// The places in the spec's list of further occurrences of the same block, which are not shown.
  public var repeats: [Int] {
    get { content.repeats }
    set {
      separate()
      content.repeats = newValue
    }
  }

  /// Changes what the block says; nothing that was computed of it holds any more.
  private mutating func change(_ body: (Content) -> Void) {
    separate()
    body(content)
    facts = BlockFacts()
  }

  /// Makes the content one that no copy shares.
  private mutating func separate() {
    if !isKnownUniquelyReferenced(&content) { content = Content(copying: content) }
  }

  /// What a block says.
  private final class Content: @unchecked Sendable {
    // @unchecked: changed only by a block that shares it with no other.
    var label: ByteString
    var title: ByteString?
    var text: ByteString
    var referent: ByteString?
    var folded: FoldedText?
    var repeats: [Int] = []

    init(label: ByteString, title: ByteString?, text: ByteString) {
      self.label = label
      self.title = title
      self.text = text
    }

    init(copying other: Content) {
      label = other.label
      title = other.title
      text = other.text
      referent = other.referent
      folded = other.folded
      repeats = other.repeats
    }
  }

  /// The block as it stands in a prompt where nothing is folded.
  var frame: BlockFrame {
    facts.frame { BlockFrame(self, showing: text.bytes) }
  }
  /// The block as it stands in the prompt.
  var shownFrame: BlockFrame {
    guard let folded else { return frame }
    return facts.shownFrame { BlockFrame(self, showing: folded.bytes) }
  }
  /// What tells the block, as it stands where nothing is folded, from others.
  var fingerprint: BlockFingerprint {
    facts.fingerprint { BlockFingerprint(of: frame.bytes) }
  }
  /// What tells its content, under whatever label, from others.
  var contentFingerprint: BlockFingerprint {
    facts.content {
      let title = title.map { Array("\($0.count):".utf8) + $0.bytes } ?? []
      return BlockFingerprint(of: title + [0] + text.bytes)
    }
  }

  /// A hash of the text.
  var textHash: Int {
    facts.textHash { text.hashValue }
  }

  /// The tokens of the block as it stands in the prompt.
  ///
  /// - Parameter encode: encodes its frame as a text of its own.
  func tokens(
    in vocabulary: Vocabulary, _ encode: ([UInt8]) throws(TokenizerError) -> EncodedText
  ) throws(TokenizerError) -> EncodedText {
    try facts.tokens(vocabulary) { () throws(TokenizerError) in try encode(shownFrame.bytes) }
  }
}

extension ContextBlock {
  /// The blocks of a spec as listed, with labels and importance ranks.
  static func blocks(of spec: Spec) -> [ContextBlock] {
    let ranked = spec.blocks.indices.sorted { left, right in
      let (a, b) = (spec.blocks[left].importance, spec.blocks[right].importance)
      let (x, y) = (a ?? -.infinity, b ?? -.infinity)
      return x == y ? left < right : x > y
    }
    var ranks = [Int](repeating: 0, count: ranked.count)
    for (rank, index) in ranked.enumerated() { ranks[index] = rank }
    let labels = BlockLabels.labels(of: spec.blocks)
    return spec.blocks.enumerated().map { index, block in
      ContextBlock(
        label: labels[index], title: block.title, text: block.text, index: index,
        importanceRank: ranks[index], isNamed: block.id != nil, importance: block.importance,
        pin: block.pin)
    }
  }
}
