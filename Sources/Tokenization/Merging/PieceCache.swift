internal import CVector

/// The tokens of pieces that were met lately: short ones of up to 15 bytes and 3 tokens in slots, all
/// others in `LongPieceCache`.
///
/// Each short piece has two places side by side in one line of the processor's cache, its home, of which either is
/// the first, and the six of the three lines beside that one. A new one takes the first that is free, or the second
/// of its home, and goes to the first when it is met again, so that pieces that are met once do not push out those
/// that come often. The slots begin with 16 KiB and grow with what is put in, to at most 4 MiB.
///
/// Invariant: `slots` points to `mask + 1` entries, a power of two of them, and at least `placeCount`; an entry of
/// zeros is that of a piece of no bytes, which no key is. A place that was taken stays so, and none is taken before
/// those of lower numbers.
final class PieceCache {
  /// The tokens of a piece: 32 bytes.
  struct Entry {
    fileprivate var low: UInt64 = 0
    fileprivate var high: UInt64 = 0
    /// The token ids.
    fileprivate(set) var ids: (UInt32, UInt32, UInt32) = (0, 0, 0)
    /// Where the first and the second token end in the piece.
    fileprivate(set) var ends: (UInt8, UInt8) = (0, 0)
    /// The number of tokens; 0 if they are to be found among the long pieces.
    fileprivate(set) var count: UInt8 = 0

    /// Whether it is that of the piece; one of zeros is that of no piece.
    @inline(__always)
    func holds(_ key: PieceKey) -> Bool { (low ^ key.low) | (high ^ key.high) == 0 }
  }

  /// The most memory that a cache takes, in bytes: 4 MiB for short pieces, the rest for long ones.
  static let memoryLimit = largest * MemoryLayout<Entry>.stride + LongPieceCache.memoryLimit

  /// How many slots there are at first, and after each growth.
  private static let sizes = [1 << 9, 1 << 13, 1 << 16, largest]
  private static let largest = 1 << 17
  /// How many places a piece may have.
  private static let placeCount = 8

  /// The tokens of longer pieces.
  let longPieces = LongPieceCache()

  private var memory: ZeroedMemory?
  private var slots: UnsafeMutablePointer<Entry>
  private var mask: Int
  private var insertions = 0

  /// Makes a cache; one that remembers little if memory runs out.
  init() {
    memory = Self.makeMemory(Self.sizes[0])
    mask = memory == nil ? 0 : Self.sizes[0] - 1
    slots = memory.map { Self.slots(in: $0) } ?? Self.none
  }

  deinit {
    if memory == nil { slots.deallocate() }
  }

  private static func makeMemory(_ count: Int) -> ZeroedMemory? {
    ZeroedMemory(byteCount: count * MemoryLayout<Entry>.stride)
  }

  /// An entry of zeros is one of no piece.
  private static func slots(in memory: ZeroedMemory) -> UnsafeMutablePointer<Entry> {
    memory.base.bindMemory(to: Entry.self, capacity: memory.byteCount / MemoryLayout<Entry>.stride)
  }

  private static var none: UnsafeMutablePointer<Entry> {
    let slots = UnsafeMutablePointer<Entry>.allocate(capacity: placeCount)
    slots.initialize(repeating: Entry(), count: placeCount)
    return slots
  }

  /// Where entries are, until something is put in.
  struct Places {
    fileprivate let slots: UnsafeMutablePointer<Entry>
    /// That of an index, times the size of an entry: the lowest bits of hashes are not used, so that what is left is an
    /// offset.
    fileprivate let offsetMask: Int

    /// The first place of a piece with this hash.
    @inline(__always)
    func home(of hash: UInt32) -> UnsafePointer<Entry> {
      UnsafePointer(mutableHome(of: hash))
    }

    @inline(__always)
    fileprivate func mutableHome(of hash: UInt32) -> UnsafeMutablePointer<Entry> {
      (UnsafeMutableRawPointer(slots) + (Int(hash) & offsetMask)).assumingMemoryBound(
        to: Entry.self)
    }

    /// Writes the three ids of an entry, which lie behind the 16 bytes of its key, to `place`, and whatever follows
    /// them to a fourth.
    @inline(__always)
    func copyIDs(of entry: UnsafePointer<Entry>, to place: UnsafeMutablePointer<UInt32>) {
      let ids = UnsafeRawPointer(entry).loadUnaligned(fromByteOffset: 16, as: SIMD4<UInt32>.self)
      UnsafeMutableRawPointer(place).storeBytes(of: ids, as: SIMD4<UInt32>.self)
    }

    /// Writes the ids of a part to `place`, and whatever follows them to the rest of four, and returns their number;
    /// nil if the part is neither a token nor in its first place. Which of both it is cannot be foreseen: no branch.
    @inline(__always)
    func copyIDs(
      of item: UnsafePointer<PieceBatch.Item>, to place: UnsafeMutablePointer<UInt32>
    ) -> Int? {
      let entry = home(of: item.pointee.keyHash)
      let isToken = item.pointee.key.isToken ? 1 : 0
      let mask = 0 &- isToken
      let count = Int(entry.pointee.count) & ~mask | isToken
      let isKnown = isToken | (entry.pointee.holds(item.pointee.key) ? 1 : 0)
      guard isKnown &* count > 0 else { return nil }
      let known = UnsafeRawPointer(entry) + MemoryLayout<PieceKey>.size
      let source = known + (UnsafeRawPointer(item) - known) & mask
      let ids = source.loadUnaligned(as: SIMD4<UInt32>.self)
      UnsafeMutableRawPointer(place).storeBytes(of: ids, as: SIMD4<UInt32>.self)
      return count
    }

    /// The place beside `home(of: hash)`.
    @inline(__always)
    func second(of hash: UInt32) -> UnsafePointer<Entry> {
      let offset = Int(hash) & offsetMask ^ MemoryLayout<Entry>.stride
      return (UnsafeRawPointer(slots) + offset).assumingMemoryBound(to: Entry.self)
    }

    /// 1 if the piece of an item, whose key is its first 16 bytes as it is of an entry, is in one of its two places at
    /// home, else 0. Which are cannot be foreseen: no branch.
    @inline(__always)
    func bitOfHome(_ item: UnsafePointer<PieceBatch.Item>) -> Int {
      let (first, second) = (home(of: item.pointee.keyHash), second(of: item.pointee.keyHash))
      return Int(cvector_are_equal_16(item, first) | cvector_are_equal_16(item, second))
    }
  }

  @inline(__always)
  var places: Places {
    Places(slots: slots, offsetMask: mask &* MemoryLayout<Entry>.stride)
  }

  /// Whether the piece of an item is known.
  @inline(__always)
  func holds(_ item: UnsafePointer<PieceBatch.Item>) -> Bool {
    places.bitOfHome(item) == 1
      || neighbourPlace(of: item.pointee.key, places.mutableHome(of: item.pointee.keyHash)) != nil
  }

  /// Asks for the places beside the home of a piece.
  @inline(__always)
  func prefetchNeighbour(ofHash hash: UInt32) {
    cvector_prefetch(place(2, beside: places.mutableHome(of: hash)))
  }

  /// The entry of a piece; nil if it is not known. It is there until something is put in.
  @inline(__always)
  func entry(of key: PieceKey, hash: UInt32) -> UnsafePointer<Entry>? {
    let home = places.mutableHome(of: hash)
    if home.pointee.holds(key) { return UnsafePointer(home) }
    return otherEntry(of: key, home)
  }

  /// The entry of a piece that is not in its first place; it moves there, or to the second first.
  @inline(never)
  private func otherEntry(
    of key: PieceKey, _ home: UnsafeMutablePointer<Entry>
  ) -> UnsafePointer<Entry>? {
    let second = place(1, beside: home)
    if second.pointee.holds(key) {
      swap(&home.pointee, &second.pointee)
      return UnsafePointer(home)
    }
    guard let place = neighbourPlace(of: key, home) else { return nil }
    swap(&second.pointee, &place.pointee)
    return UnsafePointer(second)
  }

  /// One of the places that a piece may have, 0 to `placeCount - 1`, in the order in which they are taken; that of
  /// number 1 is in the line of the first.
  @inline(__always)
  private func place(
    _ number: Int, beside first: UnsafeMutablePointer<Entry>
  ) -> UnsafeMutablePointer<Entry> {
    slots + ((first - slots) ^ number)
  }

  /// Where a piece is if it is not at home.
  @inline(__always)
  private func neighbourPlace(
    of key: PieceKey, _ home: UnsafeMutablePointer<Entry>
  ) -> UnsafeMutablePointer<Entry>? {
    let (first, second) = (place(2, beside: home), place(3, beside: home))
    if first.pointee.holds(key) { return first }
    if second.pointee.holds(key) { return second }
    return second.pointee.high == 0 ? nil : distantPlace(of: key, home)
  }

  /// Where a piece is if the first four places have others.
  @inline(never)
  private func distantPlace(
    of key: PieceKey, _ home: UnsafeMutablePointer<Entry>
  ) -> UnsafeMutablePointer<Entry>? {
    for number in 4..<Self.placeCount {
      let place = place(number, beside: home)
      if place.pointee.holds(key) { return place }
    }
    return nil
  }

  /// Remembers the tokens of a piece, and where the first two end in it.
  ///
  /// - Parameter count: the number of tokens, 0 if there are more than 3 and `longPieces` has them.
  func insert(
    _ key: PieceKey, ids: (UInt32, UInt32, UInt32), ends: (UInt8, UInt8), count: UInt8
  ) {
    insertions += 1
    if insertions > mask / 2, mask + 1 < Self.largest, mask > 0 { grow() }
    insert(Entry(low: key.low, high: key.high, ids: ids, ends: ends, count: count), at: key.hash)
  }

  /// Remembers the tokens of a piece, at least one, here or among the long pieces.
  ///
  /// - Parameters:
  ///   - piece: the bytes of the key.
  ///   - ends: where the first two tokens end in it.
  func insert(
    _ key: PieceKey, _ piece: UnsafeRawBufferPointer, ids: UnsafeBufferPointer<UInt32>,
    ends: (UInt8, UInt8)
  ) {
    guard ids.count <= 3 else {
      longPieces.insert(piece, hash: PieceSlot.hash(of: key), ids: ids)
      insert(key, ids: (0, 0, 0), ends: (0, 0), count: 0)
      return
    }
    guard let first = ids.first else { return }
    let second = ids.count > 1 ? ids[1] : 0
    insert(
      key, ids: (first, second, ids.count > 2 ? ids[2] : 0), ends: ends, count: UInt8(ids.count))
  }

  private func insert(_ entry: Entry, at hash: UInt32) {
    let home = places.mutableHome(of: hash)
    for number in 0..<Self.placeCount where place(number, beside: home).pointee.high == 0 {
      place(number, beside: home).pointee = entry
      return
    }
    place(1, beside: home).pointee = entry
  }

  private func grow() {
    let (old, count) = (slots, mask + 1)
    let larger = Self.sizes.first { $0 > count } ?? count
    guard larger > count, let oldMemory = memory, let newMemory = Self.makeMemory(larger) else {
      return
    }
    memory = newMemory
    slots = Self.slots(in: newMemory)
    mask = larger - 1
    for index in 0..<count where old[index].high != 0 {
      insert(old[index], at: PieceKey(low: old[index].low, high: old[index].high).hash)
    }
    withExtendedLifetime(oldMemory) {}
  }
}
