import Bytes
import ContextIndex
import EngineEvents
import Testing

/// An index is made to believe what an engine holds.
@Suite struct EngineCorrectionTests {
  /// A head of 10 tokens and blocks of 7, 9 and 8 tokens.
  private static let tokens = (0..<40).map { UInt32($0) }
  private static let ends = [10, 17, 26, 34]
  private static let request = ContextRequest(
    key: IndexKey(model: "m"), head: IndexedBlock(BlockFingerprint(high: 0, low: 0), tokens: 10),
    blocks: [
      IndexedBlock(BlockFingerprint(high: 0, low: 1), tokens: 7),
      IndexedBlock(BlockFingerprint(high: 0, low: 2), tokens: 9),
      IndexedBlock(BlockFingerprint(high: 0, low: 3), tokens: 8),
    ])

  private static func hashes(_ size: Int) -> [EngineBlockHash] {
    PageHash.sglang.digests(of: tokens, pageSize: size).map {
      EngineBlockHash(PageHash.sglang.published($0))
    }
  }

  private static func cache(_ size: Int) -> EngineCache {
    var cache = EngineCache()
    let count = tokens.count / size * size
    cache.apply(
      .stored(
        StoredBlocks(
          hashes: hashes(size), parent: nil, tokens: Array(tokens.prefix(count)), blockSize: size)))
    return cache
  }

  @Test(arguments: [1, 4, 8, 16])
  func endsAreHeldWithTheirWholeBlocks(size: Int) {
    let hashes = Self.hashes(size)
    for gone in hashes.indices {
      var cache = Self.cache(size)
      #expect(cache.heldEnds(of: Self.tokens, ends: Self.ends) == 4)
      cache.apply(.removed([hashes[gone]], medium: nil))
      let expected = Self.ends.prefix { $0 / size <= gone }.count
      #expect(cache.heldEnds(of: Self.tokens, ends: Self.ends) == expected)
    }
    #expect(EngineCache().heldEnds(of: Self.tokens, ends: Self.ends) == 0)
    #expect(Self.cache(size).heldEnds(of: Self.tokens, ends: [10, 41]) == 1)
  }

  @Test func theIndexBelievesWhatTheEngineHolds() {
    let index = ContextIndex()
    index.record(Self.request, order: [0, 1, 2])
    var cache = Self.cache(4)
    cache.apply(.removed([Self.hashes(4)[5]], medium: nil))
    let held = cache.heldEnds(of: Self.tokens, ends: Self.ends)
    // The head and the block that ends at token 17 are there; token 20 is not.
    #expect(held == 2)
    index.correct(Self.request, order: [0, 1, 2], held: held == 0 ? nil : held - 1)
    #expect(index.believedBlocks(of: Self.request, order: [0, 1, 2]) == 1)
    let arrangement = index.arrange(Self.request)
    #expect(arrangement.cachedBlocks == 1)
    #expect(arrangement.isHeadCached)
  }
}
