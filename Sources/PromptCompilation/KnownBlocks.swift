internal import Bytes
internal import Synchronization
internal import TextProcessing

/// Blocks that were compiled before, by all that a spec says of them: what was computed of one need not be computed
/// again when it comes in another prompt. It can be used from many tasks at once.
///
/// Blocks are kept in their normalised form.
final class KnownBlocks: Sendable {
  /// What a block is, and by which rules it was normalised.
  struct Identity: Hashable {
    /// A hash of the text, which tells blocks apart; computed once, as tables ask for it again and again.
    private let textHash: UInt64
    let label: ByteString
    let title: ByteString?
    let text: ByteString
    let normalization: Policy.Normalization
    let isEscaping: Bool

    init(_ block: ContextBlock, _ normalization: TextNormalization) {
      label = block.label
      title = block.title
      text = block.text
      textHash = TextComparison.exactHash(of: block.text.bytes)
      self.normalization = normalization.policy
      isEscaping = normalization.isEscaping
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(textHash)
    }
  }

  private let blocks: Mutex<GenerationalCache<Identity, BlockFacts>>

  /// Makes an empty memory.
  ///
  /// - Parameter limit: the most memory in bytes.
  init(limit: Int) {
    blocks = Mutex(GenerationalCache(limit: limit))
  }

  /// What is known of a block; nil if it is new.
  func facts(of identity: Identity) -> BlockFacts? {
    blocks.withLock { $0.value(for: identity) }
  }

  /// Keeps what will be known of a block.
  func insert(_ facts: BlockFacts, of identity: Identity) {
    let size = Self.size(identity)
    guard blocks.withLock({ $0.insert(facts, for: identity, size: size) }) else { return }
    facts.keep(tokens: Self.tokenLimit(identity))
  }

  /// The most tokens that are kept of a block: one for every three bytes, which is more than most texts have.
  private static func tokenLimit(_ identity: Identity) -> Int { identity.text.count / 3 + 16 }

  /// The memory of a block: text, frame and segments, tokens and their ends, and what tables and arrays add.
  private static func size(_ identity: Identity) -> Int {
    identity.text.count * 3 + (identity.title?.count ?? 0) * 2 + identity.label.count * 2
      + tokenLimit(identity) * (MemoryLayout<UInt32>.stride + MemoryLayout<Int>.stride) + 512
  }
}
