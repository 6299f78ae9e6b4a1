internal import CVector
internal import Glibc

/// The tokens of pieces of up to 512 bytes that were met lately.
///
/// The pieces and their tokens lie one behind the other in one block of memory; a table says where, by a part of their
/// hashes, with four places side by side for each piece. Both grow as they fill; when the memory is full and as large as it
/// may be all of it is forgotten.
///
/// Invariant: `slots` points to `mask + 4` slots, a power of two of them, `memory` to `capacity` bytes; an offset in a slot
/// that is not 0 is that of an entry that lies whole in `memory`, and where offset 0 is nothing is ever written.
final class LongPieceCache {
  /// The longest piece in bytes.
  static let limit = 512
  /// The most memory that is used, in bytes.
  static let memoryLimit = largestCapacity + largestTable * MemoryLayout<UInt64>.stride

  private static let largestCapacity = 1 << 23
  private static let largestTable = 1 << 18
  /// How many bytes and slots there are at first, and after each growth.
  private static let capacities = [1 << 16, 1 << 19, largestCapacity]
  private static let tables = [1 << 11, 1 << 14, 1 << 17, largestTable]

  /// The bits of a slot that say where an entry begins, in units of its alignment; the others are those of the hash.
  private static let offsetBits: UInt64 = 21
  private static let alignment = 4
  /// What an entry begins with: the number of bytes and of tokens, 16 bits each.
  private static let headerSize = 4

  private var pieces: ZeroedMemory?
  private var table: ZeroedMemory?
  private var memory: UnsafeMutableRawPointer?
  private var slots: UnsafeMutablePointer<UInt64>?
  private var mask = 0
  private var capacity = 0
  private var used = LongPieceCache.alignment
  private var slotsTaken = 0

  /// Asks for the memory that says where a piece of this hash is.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    if let slots { cvector_prefetch(slots + home(of: hash)) }
  }

  /// Appends the tokens of `piece` if they are known and returns whether they are.
  @inline(__always)
  func append(
    _ piece: UnsafeRawBufferPointer, hash: UInt64, base: Int, tables: VocabularyTables,
    to buffer: inout TokenBuffer
  ) -> Bool {
    guard let entry = entry(of: piece, hash: hash) else { return false }
    let tokenCount = Int(entry.load(fromByteOffset: 2, as: UInt16.self))
    let ids = entry + Self.headerSize + Self.padded(piece.count)
    buffer.reserve(tokenCount)
    if buffer.recordsEnds {
      appendWithEnds(ids, tokenCount, base, tables, &buffer)
    } else {
      buffer.append(ids, number: tokenCount)
    }
    return true
  }

  /// Whether the tokens of `piece` are known.
  func holds(_ piece: UnsafeRawBufferPointer, hash: UInt64) -> Bool {
    entry(of: piece, hash: hash) != nil
  }

  @inline(__always)
  private func entry(
    of piece: UnsafeRawBufferPointer, hash: UInt64
  ) -> UnsafeMutableRawPointer? {
    guard let slots, let memory, let bytes = piece.baseAddress else { return nil }
    let places = slots + home(of: hash)
    guard let place = (0..<4).first(where: { Self.areOfOneHash(places[$0], hash) }) else {
      return nil
    }
    let entry = memory + Self.offset(in: places[place])
    guard Int(entry.load(as: UInt16.self)) == piece.count,
      memcmp(entry + Self.headerSize, bytes, piece.count) == 0
    else { return nil }
    return entry
  }

  private func appendWithEnds(
    _ ids: UnsafeMutableRawPointer, _ count: Int, _ base: Int, _ tables: VocabularyTables,
    _ buffer: inout TokenBuffer
  ) {
    var end = base
    for index in 0..<count {
      let id = ids.load(fromByteOffset: index * 4, as: UInt32.self)
      end += tables.bytes(of: id)?.count ?? 0
      buffer.append(id, endingAt: end)
    }
  }

  /// Remembers the tokens of `piece`, which has 1 to `limit` bytes and no more tokens than bytes.
  func insert(_ piece: UnsafeRawBufferPointer, hash: UInt64, ids: UnsafeBufferPointer<UInt32>) {
    let size = Self.headerSize + Self.padded(piece.count) + ids.count * 4
    if used + size > capacity { makeRoom() }
    if slotsTaken * 2 >= slotCount { growTable() }
    guard let memory, let slots, let bytes = piece.baseAddress, used + size <= capacity,
      let byteCount = UInt16(exactly: piece.count), let tokenCount = UInt16(exactly: ids.count),
      let first = ids.baseAddress
    else { return }
    let entry = memory + used
    entry.storeBytes(of: byteCount, as: UInt16.self)
    entry.storeBytes(of: tokenCount, toByteOffset: 2, as: UInt16.self)
    let text = entry + Self.headerSize
    text.copyMemory(from: bytes, byteCount: piece.count)
    (text + Self.padded(piece.count)).copyMemory(from: first, byteCount: ids.count * 4)
    let offset = UInt64(truncatingIfNeeded: used / Self.alignment)
    insert(hash & ~((1 << Self.offsetBits) - 1) | offset, slots)
    used += size
  }

  // MARK: - Slots

  private var slotCount: Int { slots == nil ? 0 : mask + 4 }

  /// The first of the four places of a piece, by the bits of the hash that slots keep.
  @inline(__always)
  private func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash &>> Self.offsetBits) & mask
  }

  @inline(__always)
  private static func areOfOneHash(_ left: UInt64, _ right: UInt64) -> Bool {
    (left ^ right) &>> offsetBits == 0
  }

  @inline(__always)
  private static func offset(in slot: UInt64) -> Int {
    Int(truncatingIfNeeded: slot & ((1 &<< offsetBits) &- 1)) &* alignment
  }

  private func insert(_ slot: UInt64, _ slots: UnsafeMutablePointer<UInt64>) {
    let places = slots + home(of: slot)
    let free = (0..<4).first { places[$0] == 0 || Self.areOfOneHash(places[$0], slot) }
    let place = places + (free ?? Int(slot >> 62))
    if place.pointee == 0 { slotsTaken += 1 }
    place.pointee = slot
  }

  // MARK: - Growth

  /// Takes the next larger memory, or forgets all pieces if there is none.
  private func makeRoom() {
    guard let size = Self.capacities.first(where: { $0 > capacity }),
      let larger = ZeroedMemory(byteCount: size)
    else {
      used = Self.alignment
      slotsTaken = 0
      slots?.update(repeating: 0, count: slotCount)
      return
    }
    if let memory { larger.base.copyMemory(from: memory, byteCount: used) }
    memory = larger.base
    capacity = size
    pieces = larger
  }

  /// Takes the next larger table, if there is one.
  private func growTable() {
    guard let size = Self.tables.first(where: { $0 > slotCount }),
      let larger = ZeroedMemory(byteCount: size * MemoryLayout<UInt64>.stride)
    else { return }
    let (old, oldCount, oldTable) = (slots, slotCount, table)
    let newSlots = larger.base.bindMemory(to: UInt64.self, capacity: size)
    mask = size - 4
    slotsTaken = 0
    if let old {
      for index in 0..<oldCount where old[index] != 0 { insert(old[index], newSlots) }
    }
    slots = newSlots
    table = larger
    withExtendedLifetime(oldTable) {}
  }

  private static func padded(_ count: Int) -> Int { (count &+ 3) & ~3 }
}
