public import Bytes

/// What an engine holds in its cache, by its own word.
///
/// It counts copies: one block can be there twice, and a removal takes one. Where a block stands is told by
/// its tokens and all tokens before it, so prompts are looked up without knowing how the engine computes
/// its hashes. A position is a keyed 64-bit hash (SipHash with the process's seed) over the position before
/// and the block; token ids are not kept. With a million blocks two positions are the same with a
/// probability of 3 in 100 million, and then a prediction is wrong.
///
/// Blocks whose place is not known, since the block before them is not, are counted and never found.
public struct EngineCache: Sendable {
  /// A block that is held.
  private struct Block {
    /// Where it stands; nil if that is not known.
    var position: UInt64?
    var size: Int
    /// The copies in each medium.
    var copies: SIMD4<UInt32>

    /// 1 for each medium in which it is.
    var presence: SIMD4<UInt32> { .zero.replacing(with: 1, where: copies .> 0) }
  }

  /// What is held at a position.
  private struct Place {
    /// How many different blocks in each medium: more than one only if the engine calls one position by two
    /// hashes.
    var copies: SIMD4<UInt32>
    /// The clock when it was first held, without an end since.
    let since: UInt64
  }

  private let blockLimit: Int
  private var blocks: [EngineBlockHash: Block] = [:]
  private var positions: [UInt64: Place] = [:]
  /// The sizes that held blocks of known position have, and how many have each.
  private var sizes: [Int: Int] = [:]
  private var media = MediumTable()
  private var adapters: Set<ByteString> = []
  /// How many blocks were not taken in because there were too many.
  public private(set) var ignoredCount = 0
  /// How many events were taken in. Prompts can be looked up as of an earlier value.
  public private(set) var clock: UInt64 = 0
  /// Whether the engine ever told a block's `cache_salt`. If not, salted prompts cannot be told from others.
  public private(set) var tellsSalts = false

  /// The most adapters whose names are known.
  private static let adapterLimit = 1 << 10

  /// Makes an empty mirror.
  ///
  /// - Parameter blockLimit: the most blocks that are kept, of about 170 bytes each. What the engine stores
  ///   beyond them is believed not to be cached.
  public init(blockLimit: Int = 1 << 20) {
    self.blockLimit = max(blockLimit, 0)
  }

  /// The number of different blocks that are held.
  public var blockCount: Int { blocks.count }

  /// The number of held blocks whose place in a prompt is not known.
  public var unplacedCount: Int { blocks.count - sizes.values.reduce(0, +) }

  /// The tokens of the largest blocks that are held; nil if nothing is.
  public var blockSize: Int? { sizes.keys.max() }

  /// Whether the engine ever told of a LoRA adapter of this name.
  public func knows(adapter: ByteString) -> Bool { adapters.contains(adapter) }

  /// The copies of a block in a medium, or in all.
  public func copies(of hash: EngineBlockHash, in medium: ByteString? = nil) -> Int {
    guard let copies = blocks[hash]?.copies else { return 0 }
    guard let medium else { return Int(copies.wrappedSum()) }
    return media.slot(of: medium).map { Int(copies[$0]) } ?? 0
  }

  /// Takes in what happened, in order.
  public mutating func apply(_ batch: EventBatch) {
    for event in batch.events { apply(event) }
  }

  /// Takes in an event. Removals of what is not there are passed over.
  public mutating func apply(_ event: EngineEvent) {
    clock += 1
    switch event {
    case .stored(let stored): store(stored)
    case .removed(let hashes, let medium):
      guard let slot = media.slot(of: medium ?? MediumTable.unnamed) else { return }
      for hash in hashes { remove(hash, from: slot) }
    case .cleared(nil): removeAll()
    case .cleared(let medium?): clear(medium)
    case .other: break
    }
  }

  /// Gives up everything: the engine cleared its cache, or it is not known what it holds.
  public mutating func removeAll() {
    blocks = [:]
    positions = [:]
    sizes = [:]
    media = MediumTable()
  }

  // MARK: - Blocks

  private mutating func store(_ stored: StoredBlocks) {
    let slot = media.insert(stored.medium ?? MediumTable.unnamed)
    let size = stored.blockSize
    let hasTokens = size > 0 && stored.tokens.count == stored.hashes.count * size
    if let adapter = stored.adapter, adapters.count < Self.adapterLimit { adapters.insert(adapter) }
    // Nothing is known of blocks behind one of unknown place.
    var before: UInt64? =
      if let parent = stored.parent { blocks[parent]?.position } else {
        BlockPosition.root(adapter: stored.adapter)
      }
    for (index, hash) in stored.hashes.enumerated() {
      let keys = index < stored.extraKeys.count ? stored.extraKeys[index] : .none
      if case .salt = keys { tellsSalts = true }
      var position: UInt64?
      if hasTokens, let before {
        let tokens = stored.tokens[(index * size)..<((index + 1) * size)]
        position = BlockPosition.next(before, tokens: tokens, keys: keys)
      }
      before = add(hash, at: position, size: size, to: slot)
    }
  }

  /// Adds a copy of a block and returns its place. A place that is said anew counts.
  private mutating func add(
    _ hash: EngineBlockHash, at position: UInt64?, size: Int, to slot: Int
  ) -> UInt64? {
    let old = blocks[hash]
    guard old != nil || blocks.count < blockLimit else {
      ignoredCount += 1
      return position
    }
    var block = old ?? Block(position: position, size: size, copies: .zero)
    if let position {
      block.position = position
      block.size = size
    }
    block.copies[slot] &+= 1
    replace(old, by: block, of: hash)
    return block.position
  }

  private mutating func remove(_ hash: EngineBlockHash, from slot: Int) {
    guard let old = blocks[hash], old.copies[slot] > 0 else { return }
    var block = old
    block.copies[slot] -= 1
    replace(old, by: block.copies == .zero ? nil : block, of: hash)
  }

  private mutating func clear(_ medium: ByteString) {
    guard let slot = media.slot(of: medium) else { return }
    for (hash, old) in blocks where old.copies[slot] > 0 {
      var block = old
      block.copies[slot] = 0
      replace(old, by: block.copies == .zero ? nil : block, of: hash)
    }
  }

  private mutating func replace(_ old: Block?, by new: Block?, of hash: EngineBlockHash) {
    blocks[hash] = new
    if let old, let new, old.position == new.position, old.size == new.size {
      guard let position = new.position else { return }
      positions[position]?.copies &+= new.presence &- old.presence
      return
    }
    if let old { count(old, added: false) }
    if let new { count(new, added: true) }
  }

  /// Counts a block at its position, or takes it out.
  private mutating func count(_ block: Block, added: Bool) {
    guard let position = block.position else { return }
    let old = positions[position] ?? Place(copies: .zero, since: clock)
    let copies = added ? old.copies &+ block.presence : old.copies &- block.presence
    positions[position] = copies == .zero ? nil : Place(copies: copies, since: old.since)
    let sizeCount = (sizes[block.size] ?? 0) + (added ? 1 : -1)
    sizes[block.size] = sizeCount == 0 ? nil : sizeCount
  }
}

// MARK: - Prompts

extension EngineCache {
  /// How many of the first tokens the engine is believed to hold, in whole blocks.
  ///
  /// - Parameters:
  ///   - salt: the request's `cache_salt`.
  ///   - adapter: the name of the request's LoRA adapter.
  ///   - medium: where they are to be; nil for anywhere.
  ///   - clock: an earlier value of `clock`: blocks count that are there since then; nil for now.
  /// - Complexity: linear in the tokens that are found.
  public func heldPrefix(
    of tokens: [UInt32], salt: ByteString? = nil, adapter: ByteString? = nil,
    in medium: ByteString? = nil, since clock: UInt64? = nil
  ) -> Int {
    heldPrefix(of: tokens[...], salt: salt, adapter: adapter, in: medium, since: clock)
  }

  /// How many tokens of a request the engine is believed to find: as `heldPrefix`, but at least one token is
  /// always computed, so of n tokens at most `(n - 1) / B * B` in blocks of B.
  public func cachedPrefix(
    of tokens: [UInt32], salt: ByteString? = nil, adapter: ByteString? = nil,
    in medium: ByteString? = nil, since clock: UInt64? = nil
  ) -> Int {
    heldPrefix(of: tokens.dropLast(), salt: salt, adapter: adapter, in: medium, since: clock)
  }

  /// How many of the given ends, from the first on, the engine is believed to hold the tokens up to: all whole
  /// blocks of them.
  ///
  /// - Parameter ends: token offsets that grow, as of what stands before a prompt's blocks and of each block.
  public func heldEnds(
    of tokens: [UInt32], ends: [Int], salt: ByteString? = nil, adapter: ByteString? = nil
  ) -> Int {
    sizes.keys.reduce(0) { most, size in
      let held = heldPrefix(
        of: tokens[...], in: size, salt: salt, adapter: adapter, slot: nil, since: .max)
      let count = ends.prefix { $0 <= tokens.count && $0 / size * size <= held }.count
      return max(most, count)
    }
  }

  private func heldPrefix(
    of tokens: ArraySlice<UInt32>, salt: ByteString?, adapter: ByteString?,
    in medium: ByteString?, since clock: UInt64?
  ) -> Int {
    var slot: Int?
    if let medium {
      guard let known = media.slot(of: medium) else { return 0 }
      slot = known
    }
    return sizes.keys.reduce(0) {
      max(
        $0,
        heldPrefix(
          of: tokens, in: $1, salt: salt, adapter: adapter, slot: slot, since: clock ?? .max))
    }
  }

  /// The held prefix in blocks of one size.
  private func heldPrefix(
    of tokens: ArraySlice<UInt32>, in size: Int, salt: ByteString?, adapter: ByteString?,
    slot: Int?, since clock: UInt64
  ) -> Int {
    var position = BlockPosition.root(adapter: adapter)
    var end = tokens.startIndex
    while tokens.endIndex - end >= size {
      let keys: BlockKeys = if end == tokens.startIndex, let salt { .salt(salt) } else { .none }
      position = BlockPosition.next(position, tokens: tokens[end..<(end + size)], keys: keys)
      guard let place = positions[position], place.since <= clock,
        slot.map({ place.copies[$0] > 0 }) ?? true
      else { break }
      end += size
    }
    return end - tokens.startIndex
  }
}

/// Where a block stands: a hash over the blocks before it and itself.
private enum BlockPosition {
  static func root(adapter: ByteString?) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(adapter)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  static func next(_ before: UInt64, tokens: ArraySlice<UInt32>, keys: BlockKeys) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(before)
    hasher.combine(keys)
    tokens.withUnsafeBytes { hasher.combine(bytes: $0) }
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}

/// The media by number. There are two or three; from the fourth on they share one number, so that names
/// from outside cannot grow the table.
private struct MediumTable {
  /// What a medium that is not named is.
  static let unnamed: ByteString = "GPU"

  private var names: [ByteString] = []

  func slot(of name: ByteString) -> Int? {
    names.firstIndex(of: name) ?? (names.count == 3 ? 3 : nil)
  }

  mutating func insert(_ name: ByteString) -> Int {
    if let slot = slot(of: name) { return slot }
    names.append(name)
    return names.count - 1
  }
}
