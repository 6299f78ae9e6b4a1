internal import CVector
internal import Glibc

/// The tokens of pieces of 16 to 512 bytes that were met lately.
///
/// The pieces and their tokens lie one behind the other in one block of memory; a table of 64-bit hashes
/// says where, with four places side by side for each piece. When the memory is full all of it is forgotten. Both are made when the first piece is put
/// in, and touched only as far as they are used.
///
/// Invariant: an entry that has the hash of a piece lies with all its bytes in `memory`.
final class LongPieceCache {
  /// The longest piece in bytes.
  static let limit = 512
  /// The most memory that is used, in bytes.
  static let memoryLimit = capacity + slotCount * MemoryLayout<Slot>.stride

  private static let capacity = 1 << 23
  private static let slotCount = 1 << 17

  private struct Slot {
    var hash: UInt64 = 0
    var offset: UInt32 = 0
    var byteCount: UInt16 = 0
    var tokenCount: UInt16 = 0
  }

  private var memory: UnsafeMutableRawPointer?
  private var slots: UnsafeMutablePointer<Slot>?
  private var used = 0

  deinit {
    free(memory)
    free(slots)
  }

  /// Asks for the memory that says where a piece of this hash is.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    if let slots { cvector_prefetch(slots + Self.home(of: hash)) }
  }

  /// Appends the tokens of `piece` if they are known and returns whether they are.
  @inline(__always)
  func append(
    _ piece: UnsafeRawBufferPointer, hash: UInt64, base: Int, tables: VocabularyTables,
    to buffer: inout TokenBuffer
  ) -> Bool {
    guard let slots, let memory, let bytes = piece.baseAddress else { return false }
    let places = slots + Self.home(of: hash)
    guard let place = (0..<4).first(where: { places[$0].hash == hash }) else { return false }
    let slot = places[place]
    guard Int(slot.byteCount) == piece.count else { return false }
    let entry = memory + Int(slot.offset)
    guard memcmp(entry, bytes, piece.count) == 0 else { return false }
    let ids = entry + Self.padded(piece.count)
    buffer.reserve(Int(slot.tokenCount))
    if buffer.recordsEnds {
      appendWithEnds(ids, Int(slot.tokenCount), base, tables, &buffer)
    } else {
      buffer.append(ids, number: Int(slot.tokenCount))
    }
    return true
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
    guard prepare(), let memory, let slots, let bytes = piece.baseAddress,
      let byteCount = UInt16(exactly: piece.count), let tokenCount = UInt16(exactly: ids.count),
      let first = ids.baseAddress
    else { return }
    let size = Self.padded(piece.count) + Self.padded(ids.count * 4)
    if used + size > Self.capacity { removeAll() }
    let entry = memory + used
    entry.copyMemory(from: bytes, byteCount: piece.count)
    (entry + Self.padded(piece.count)).copyMemory(from: first, byteCount: ids.count * 4)
    let places = slots + Self.home(of: hash)
    let free = (0..<4).first { places[$0].byteCount == 0 || places[$0].hash == hash }
    places[free ?? Int(hash >> 62)] = Slot(
      hash: hash, offset: UInt32(used), byteCount: byteCount, tokenCount: tokenCount)
    used += size
  }

  /// The first of the four places of a piece.
  @inline(__always)
  private static func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash) & (slotCount - 4)
  }

  private func prepare() -> Bool {
    if memory != nil { return true }
    guard let memory = malloc(Self.capacity),
      let table = aligned_alloc(64, Self.slotCount * MemoryLayout<Slot>.stride)
    else { return false }
    table.initializeMemory(as: Slot.self, repeating: Slot(), count: Self.slotCount)
    self.memory = memory
    slots = table.bindMemory(to: Slot.self, capacity: Self.slotCount)
    return true
  }

  private func removeAll() {
    slots?.update(repeating: Slot(), count: Self.slotCount)
    used = 0
  }

  private static func padded(_ count: Int) -> Int { (count &+ 7) & ~7 }
}
