internal import Bytes
internal import Synchronization

/// The tokens of blocks of text that come again, by their content: of a prompt with many known blocks
/// only what is new is encoded.
///
/// The tokens are those of the block as a text of its own. They can stand in the tokens of a longer
/// text where both ends of the block are stable boundaries in it (`TextEncoder.stableEnd`).
///
/// Blocks are found by a hash and compared whole. What was not asked for lately is dropped: a block
/// stays at least until half the bound has been filled with others. A cache can be used from many
/// tasks at once; a lock is held for a look-up, never while encoding.
public final class BlockTokenCache: Sendable {
  /// The most memory that the cache takes, in bytes.
  public let limit: Int
  private let vocabulary: Vocabulary
  private let shards: [Shard]

  /// Makes an empty cache for the tokens of one vocabulary.
  ///
  /// - Parameter limit: the most memory in bytes; a block that takes more than a sixteenth of it is
  ///   not kept.
  public init(for tokenizer: Tokenizer, limit: Int) {
    self.limit = max(limit, 0)
    vocabulary = tokenizer.vocabulary
    let shard = self.limit / Shard.count
    shards = (0..<Shard.count).map { _ in Shard(limit: shard) }
  }

  /// The memory that the kept blocks take, in bytes: at most `limit`.
  public var byteCount: Int {
    shards.reduce(0) { $0 + $1.byteCount }
  }

  /// Returns the tokens of `block` and where each ends, from the cache where they are there.
  ///
  /// - Parameters:
  ///   - block: UTF-8; its added tokens are recognised.
  ///   - encoder: what encodes a block that is not there. If it is of another vocabulary, the cache is
  ///     left alone.
  /// - Throws: `TokenizerError` if the block is not UTF-8.
  /// - Complexity: linear in the block; at the speed of hashing and comparing where it is there.
  public func tokens(
    of block: [UInt8], using encoder: TextEncoder
  ) throws(TokenizerError) -> EncodedText {
    guard encoder.tokenizer.vocabulary === vocabulary else {
      return try encoder.encode(block, recordingEnds: true)
    }
    let content = BlockContent(bytes: block)
    let shard = shards[Int(UInt(bitPattern: content.hashValue) % UInt(Shard.count))]
    if let tokens = shard.tokens(of: content) { return tokens }
    let tokens = try encoder.encode(block, recordingEnds: true)
    shard.insert(tokens, for: content)
    return tokens
  }
}

/// The text of a block as a key: compared by its bytes and hashed as one buffer.
private struct BlockContent: Hashable {
  let bytes: [UInt8]

  func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

/// A part of a cache with a lock of its own.
private final class Shard: Sendable {
  static let count = 8

  private let blocks: Mutex<GenerationalCache<BlockContent, EncodedText>>

  init(limit: Int) {
    blocks = Mutex(GenerationalCache(limit: limit))
  }

  var byteCount: Int {
    blocks.withLock { $0.byteCount }
  }

  func tokens(of content: BlockContent) -> EncodedText? {
    blocks.withLock { $0.value(for: content) }
  }

  func insert(_ tokens: EncodedText, for content: BlockContent) {
    let size = Self.size(content, tokens)
    blocks.withLock { _ = $0.insert(tokens, for: content, size: size) }
  }

  /// The memory of an entry: the block, its ids and ends, and what a table and three arrays add.
  private static func size(_ content: BlockContent, _ tokens: EncodedText) -> Int {
    content.bytes.count + tokens.ids.count * MemoryLayout<UInt32>.stride
      + tokens.ends.count * MemoryLayout<Int>.stride + 192
  }
}
