public import Bytes
internal import ContextIndex
public import Deduplication
internal import Tokenization

/// A block on its way through the passes.
public struct ContextBlock: Sendable {
  /// The short name that the prompt shows; it does not depend on the position.
  public var label: ByteString { didSet { facts = BlockFacts() } }
  /// The title that the prompt shows.
  public var title: ByteString? { didSet { facts = BlockFacts() } }
  /// The text.
  public var text: ByteString { didSet { facts = BlockFacts() } }
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
  /// The label of the earlier block that this one is a reference to; nil for a block that is shown.
  public var referent: ByteString? { didSet { facts = BlockFacts() } }
  /// The places in the spec's list of further occurrences of the same block, which are not shown.
  public var repeats: [Int] = []

  /// What is shown of the text where that is not the text itself; nil if it is.
  public internal(set) var folded: FoldedText? { didSet { facts = BlockFacts() } }
  /// What passes have computed of it.
  var facts = BlockFacts()

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
