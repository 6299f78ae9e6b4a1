import Bytes
import ContextIndex
import EngineEvents
import TestSupport
import Testing

/// The mirror written to be read: a list of copies, each with all tokens up to its end.
private struct PlainCache {
  struct Copy: Equatable {
    var hash: EngineBlockHash
    var medium: ByteString
    var prefix: [UInt32]
    var salt: ByteString?
  }
  var copies: [Copy] = []

  func heldPrefix(
    of tokens: [UInt32], salt: ByteString?, in medium: ByteString?, size: Int
  ) -> Int {
    var end = 0
    while end + size <= tokens.count,
      copies.contains(where: {
        $0.prefix == Array(tokens.prefix(end + size)) && $0.salt == salt
          && (medium == nil || $0.medium == medium)
      })
    { end += size }
    return end
  }
}

/// An engine that names the blocks of prompts and stores some of them.
private struct RandomEngine {
  struct Key: Hashable {
    var prefix: [UInt32]
    var salt: ByteString?
  }
  let size: Int
  var names: [Key: EngineBlockHash] = [:]
  var generator: SeededGenerator

  mutating func name(_ prefix: some Sequence<UInt32>, _ salt: ByteString?) -> EngineBlockHash {
    let key = Key(prefix: Array(prefix), salt: salt)
    if let name = names[key] { return name }
    let name = EngineBlockHash(generator.next())
    names[key] = name
    return name
  }

  mutating func prompt() -> [UInt32] {
    (0..<Int.random(in: 0...(5 * size), using: &generator)).map { _ in
      UInt32.random(in: 0...1, using: &generator)
    }
  }

  /// Stores blocks of a prompt from a random one on.
  mutating func store(in plain: inout PlainCache) -> EngineEvent? {
    let prompt = prompt()
    let salt: ByteString? = Bool.random(using: &generator) ? nil : "tenant"
    let count = prompt.count / size
    guard count > 0 else { return nil }
    let first = Int.random(in: 0..<count, using: &generator)
    let parent = first > 0 ? name(prompt.prefix(first * size), salt) : nil
    // A block behind one that is not held has no place.
    guard parent.map({ hash in plain.copies.contains { $0.hash == hash } }) ?? true else {
      return nil
    }
    let medium: ByteString = Bool.random(using: &generator) ? "GPU" : "CPU"
    var hashes: [EngineBlockHash] = []
    for index in first..<count {
      let prefix = Array(prompt.prefix((index + 1) * size))
      let hash = name(prefix, salt)
      hashes.append(hash)
      plain.copies.append(.init(hash: hash, medium: medium, prefix: prefix, salt: salt))
    }
    let keys: [BlockKeys] = first == 0 ? [salt.map { .salt($0) } ?? .none] : []
    return .stored(
      StoredBlocks(
        hashes: hashes, parent: parent, tokens: Array(prompt[(first * size)..<(count * size)]),
        blockSize: size, medium: medium == "GPU" ? nil : medium, extraKeys: keys))
  }

  mutating func remove(from plain: inout PlainCache) -> EngineEvent {
    let medium: ByteString = Bool.random(using: &generator) ? "GPU" : "CPU"
    var hashes = plain.copies.filter { $0.medium == medium }.map(\.hash)
    hashes.shuffle(using: &generator)
    hashes.removeLast(hashes.count - min(hashes.count, 2))
    if Bool.random(using: &generator) { hashes.append(EngineBlockHash(generator.next())) }
    for hash in hashes {
      if let index = plain.copies.firstIndex(where: { $0.hash == hash && $0.medium == medium }) {
        plain.copies.remove(at: index)
      }
    }
    return .removed(hashes, medium: medium)
  }
}

@Suite struct EngineCacheTests {
  @Test(arguments: 0..<24)
  func theMirrorHoldsWhatThePlainOneDoes(seed: UInt64) throws {
    let size = [1, 2, 3, 4][Int(seed % 4)]
    var engine = RandomEngine(size: size, generator: SeededGenerator(seed: seed))
    var cache = EngineCache()
    var plain = PlainCache()
    for _ in 0..<150 {
      var event: EngineEvent?
      switch Int.random(in: 0..<20, using: &engine.generator) {
      case 0:
        plain.copies = []
        event = .cleared(medium: nil)
      case 1:
        plain.copies.removeAll { $0.medium == "CPU" }
        event = .cleared(medium: "CPU")
      case 2: event = .other("BlockMoved")
      case 3...10: event = engine.remove(from: &plain)
      default: event = engine.store(in: &plain)
      }
      guard let event else { continue }
      cache.apply(event)
      #expect(cache.blockCount == Set(plain.copies.map(\.hash)).count)
      #expect(cache.unplacedCount == 0)
      for copy in plain.copies {
        let copies = plain.copies.filter { $0.hash == copy.hash }
        #expect(cache.copies(of: copy.hash) == copies.count)
        #expect(
          cache.copies(of: copy.hash, in: "CPU") == copies.count { $0.medium == "CPU" })
      }
      for medium in [nil, "GPU", "CPU", "DISK"] as [ByteString?] {
        for salt in [nil, "tenant", "other"] as [ByteString?] {
          let prompt = engine.prompt()
          #expect(
            cache.heldPrefix(of: prompt, salt: salt, in: medium)
              == plain.heldPrefix(of: prompt, salt: salt, in: medium, size: size))
        }
      }
    }
  }

  private static func stored(
    _ tokens: [UInt32], size: Int, by hash: PageHash, after count: Int = 0,
    medium: ByteString? = nil
  ) -> EngineEvent {
    let hashes = hash.digests(of: tokens, pageSize: size).map {
      EngineBlockHash(hash.published($0))
    }
    let first = count / size
    return .stored(
      StoredBlocks(
        hashes: Array(hashes[first...]), parent: first > 0 ? hashes[first - 1] : nil,
        tokens: Array(tokens[(first * size)..<(hashes.count * size)]), blockSize: size,
        medium: medium))
  }

  @Test(arguments: [PageHash.sglang, .vllmPickle(), .vllmCBOR(seed: "0")])
  func prefixesAreFoundByTokensWhicheverTheHash(hash: PageHash) {
    let tokens = (0..<100).map { UInt32($0) * 1517 }
    var cache = EngineCache()
    cache.apply(Self.stored(Array(tokens.prefix(48)), size: 16, by: hash))
    #expect(cache.heldPrefix(of: tokens) == 48)
    cache.apply(Self.stored(tokens, size: 16, by: hash, after: 48))
    #expect(cache.heldPrefix(of: tokens) == 96)
    #expect(cache.cachedPrefix(of: Array(tokens.prefix(96))) == 80)
    #expect(cache.cachedPrefix(of: Array(tokens.prefix(97))) == 96)
    #expect(cache.heldPrefix(of: Array(tokens.dropFirst())) == 0)
    #expect(cache.heldPrefix(of: tokens, adapter: "summaries") == 0)
    #expect(cache.heldPrefix(of: []) == 0)
    #expect(cache.cachedPrefix(of: []) == 0)
  }

  @Test func aRemovalTakesOneCopy() throws {
    let hash = PageHash.sglang
    let tokens: [UInt32] = [1, 2, 3, 4]
    let name = EngineBlockHash(hash.published(hash.digests(of: tokens, pageSize: 2)[0]))
    var cache = EngineCache()
    cache.apply(Self.stored(tokens, size: 2, by: hash))
    cache.apply(Self.stored(tokens, size: 2, by: hash))
    #expect(cache.copies(of: name) == 2)
    cache.apply(.removed([name], medium: nil))
    #expect(cache.heldPrefix(of: tokens) == 4)
    cache.apply(.removed([name, name, name], medium: nil))
    #expect(cache.heldPrefix(of: tokens) == 0)
    // What stands behind is still held and of use as soon as the first block is there again.
    cache.apply(Self.stored([1, 2], size: 2, by: hash))
    #expect(cache.heldPrefix(of: tokens) == 4)
  }

  /// An engine that copies blocks to another medium tells their hashes only.
  @Test func copiesToAnotherMediumKeepTheirPlace() {
    let hash = PageHash.vllmPickle()
    let tokens: [UInt32] = [1, 2, 3, 4]
    let names = hash.digests(of: tokens, pageSize: 2).map { EngineBlockHash(hash.published($0)) }
    var cache = EngineCache()
    cache.apply(Self.stored(tokens, size: 2, by: hash, medium: "GPU"))
    cache.apply(
      .stored(StoredBlocks(hashes: names, parent: nil, tokens: [], blockSize: 0, medium: "CPU")))
    cache.apply(.removed(names, medium: "GPU"))
    #expect(cache.heldPrefix(of: tokens) == 4)
    #expect(cache.heldPrefix(of: tokens, in: "GPU") == 0)
    #expect(cache.heldPrefix(of: tokens, in: "CPU") == 4)
    cache.apply(.removed(names, medium: "CPU"))
    #expect(cache.blockCount == 0)
  }

  @Test func blocksOfUnknownPlaceAreCountedAndNotFound() {
    var cache = EngineCache()
    let orphan = EngineBlockHash(7)
    cache.apply(
      .stored(
        StoredBlocks(hashes: [orphan], parent: EngineBlockHash(6), tokens: [1, 2], blockSize: 2)))
    #expect(cache.blockCount == 1)
    #expect(cache.unplacedCount == 1)
    #expect(cache.heldPrefix(of: [1, 2]) == 0)
    cache.apply(.removed([orphan], medium: "GPU"))
    #expect(cache.blockCount == 0)
    // A number of tokens that does not fit the blocks tells no place either.
    cache.apply(
      .stored(StoredBlocks(hashes: [orphan], parent: nil, tokens: [1, 2, 3], blockSize: 2)))
    #expect(cache.unplacedCount == 1)
    // It has a place as soon as that is said.
    cache.apply(.stored(StoredBlocks(hashes: [orphan], parent: nil, tokens: [1, 2], blockSize: 2)))
    #expect(cache.unplacedCount == 0)
    #expect(cache.heldPrefix(of: [1, 2]) == 2)
  }

  @Test func noMoreBlocksAreKeptThanTheLimit() {
    var cache = EngineCache(blockLimit: 3)
    let tokens = (0..<10).map { UInt32($0) }
    cache.apply(Self.stored(tokens, size: 2, by: .sglang))
    #expect(cache.blockCount == 3)
    #expect(cache.ignoredCount == 2)
    #expect(cache.heldPrefix(of: tokens) == 6)
    for index in 0..<10 {
      let medium = ByteString("medium \(index)")
      cache.apply(Self.stored(tokens, size: 2, by: .sglang, medium: medium))
      #expect(cache.heldPrefix(of: tokens, in: medium) == 6)
    }
    cache.removeAll()
    #expect(cache.blockCount == 0)
    #expect(cache.heldPrefix(of: tokens) == 0)
  }

  @Test func whatIsStoredLaterWasNotThereBefore() {
    let tokens = (0..<16).map { UInt32($0) }
    let hashes = (1...4).map { EngineBlockHash(UInt64($0)) }
    func stored(_ range: Range<Int>, in medium: ByteString? = nil) -> EngineEvent {
      .stored(
        StoredBlocks(
          hashes: Array(hashes[range]),
          parent: range.lowerBound > 0 ? hashes[range.lowerBound - 1] : nil,
          tokens: Array(tokens[(4 * range.lowerBound)..<(4 * range.upperBound)]), blockSize: 4,
          medium: medium))
    }
    var cache = EngineCache()
    let start = cache.clock
    cache.apply(stored(0..<2))
    let middle = cache.clock
    cache.apply(stored(2..<4))
    // A second copy makes a block no younger, and one copy less does not either.
    cache.apply(stored(0..<1))
    cache.apply(stored(1..<2, in: "CPU"))
    cache.apply(.removed([hashes[0]], medium: nil))
    cache.apply(.cleared(medium: "GPU"))
    cache.apply(stored(0..<1))
    #expect(cache.heldPrefix(of: tokens, since: start) == 0)
    #expect(cache.heldPrefix(of: tokens, since: middle) == 0)
    #expect(cache.heldPrefix(of: tokens) == 8)
    let late = cache.clock
    cache.apply(stored(2..<4))
    #expect(cache.heldPrefix(of: tokens, since: late) == 8)
    #expect(cache.cachedPrefix(of: tokens) == 12)
    #expect(cache.cachedPrefix(of: tokens, since: late) == 8)
    #expect(cache.blockSize == 4)
    // What is stored anew is younger.
    cache.apply(.removed([hashes[0]], medium: nil))
    cache.apply(stored(0..<1))
    #expect(cache.heldPrefix(of: tokens, since: late) == 0)
    #expect(cache.heldPrefix(of: tokens) == 16)
  }

  @Test func theEnginesWordsForSaltsAndAdaptersAreKnown() {
    var cache = EngineCache()
    var blocks = StoredBlocks(
      hashes: [EngineBlockHash(1)], parent: nil, tokens: [1, 2, 3, 4], blockSize: 4, adapter: "sql")
    cache.apply(.stored(blocks))
    #expect(cache.knows(adapter: "sql") && !cache.knows(adapter: "other"))
    #expect(!cache.tellsSalts)
    blocks.extraKeys = [.salt("a")]
    cache.apply(.stored(blocks))
    cache.removeAll()
    #expect(cache.tellsSalts && cache.knows(adapter: "sql"))
    #expect(cache.blockSize == nil)
  }
}
