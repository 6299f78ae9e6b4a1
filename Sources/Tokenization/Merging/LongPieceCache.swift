internal import CVector
internal import Glibc

/// The tokens of pieces of up to 512 bytes that were met lately.
///
/// The pieces and their tokens lie one behind the other in one block of memory; a table of 64-bit hashes
/// says where, with four places side by side for each piece. When the memory is full larger memory is taken;
/// at the limit all of it is forgotten.
///
/// Invariant: `slots` points to `mask + 4` slots, a power of two of them, `memory` to `capacity` bytes, and
/// a slot that has the hash of a piece says where all its bytes and tokens lie in `memory`.
final class LongPieceCache {
  /// The longest piece in bytes.
  static let limit = 512
  /// The most memory that is used, in bytes.
  static let memoryLimit = largest.bytes + largest.slots * MemoryLayout<Slot>.stride

  /// How many bytes and slots there are at first, and after each growth.
  private static let sizes: [(bytes: Int, slots: Int)] = [
    (1 << 16, 1 << 10), (1 << 19, 1 << 13), largest,
  ]
  private static let largest = (bytes: 1 << 23, slots: 1 << 17)

  private struct Slot {
    var hash: UInt64 = 0
    var offset: UInt32 = 0
    var byteCount: UInt16 = 0
    var tokenCount: UInt16 = 0
  }

  private var storages: (pieces: ZeroedMemory, table: ZeroedMemory)?
  private var memory: UnsafeMutableRawPointer?
  private var slots: UnsafeMutablePointer<Slot>?
  private var mask = 0
  private var capacity = 0
  private var used = 0

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
    guard let slot = slot(of: piece, hash: hash), let memory else { return false }
    let entry = memory + Int(slot.offset)
    let ids = entry + Self.padded(piece.count)
    buffer.reserve(Int(slot.tokenCount))
    if buffer.recordsEnds {
      appendWithEnds(ids, Int(slot.tokenCount), base, tables, &buffer)
    } else {
      buffer.append(ids, number: Int(slot.tokenCount))
    }
    return true
  }

  /// Whether the tokens of `piece` are known.
  func holds(_ piece: UnsafeRawBufferPointer, hash: UInt64) -> Bool {
    slot(of: piece, hash: hash) != nil
  }

  @inline(__always)
  private func slot(of piece: UnsafeRawBufferPointer, hash: UInt64) -> Slot? {
    guard let slots, let memory, let bytes = piece.baseAddress else { return nil }
    let places = slots + home(of: hash)
    guard let place = (0..<4).first(where: { places[$0].hash == hash }) else { return nil }
    let slot = places[place]
    guard Int(slot.byteCount) == piece.count,
      memcmp(memory + Int(slot.offset), bytes, piece.count) == 0
    else { return nil }
    return slot
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
    let size = Self.padded(piece.count) + Self.padded(ids.count * 4)
    if used + size > capacity { makeRoom() }
    guard let memory, let slots, let bytes = piece.baseAddress, size <= capacity,
      let byteCount = UInt16(exactly: piece.count), let tokenCount = UInt16(exactly: ids.count),
      let first = ids.baseAddress
    else { return }
    let entry = memory + used
    entry.copyMemory(from: bytes, byteCount: piece.count)
    (entry + Self.padded(piece.count)).copyMemory(from: first, byteCount: ids.count * 4)
    Self.insert(
      Slot(hash: hash, offset: UInt32(used), byteCount: byteCount, tokenCount: tokenCount),
      slots + home(of: hash))
    used += size
  }

  /// The first of the four places of a piece.
  @inline(__always)
  private func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash) & mask
  }

  private static func insert(_ slot: Slot, _ places: UnsafeMutablePointer<Slot>) {
    let free = (0..<4).first { places[$0].byteCount == 0 || places[$0].hash == slot.hash }
    places[free ?? Int(slot.hash >> 62)] = slot
  }

  /// Takes the next larger memory, or forgets all pieces if there is none.
  private func makeRoom() {
    guard let size = Self.sizes.first(where: { $0.bytes > capacity }),
      let pieces = ZeroedMemory(byteCount: size.bytes),
      let table = ZeroedMemory(byteCount: size.slots * MemoryLayout<Slot>.stride)
    else {
      used = 0
      slots?.update(repeating: Slot(), count: mask + 4)
      return
    }
    let newSlots = table.base.bindMemory(to: Slot.self, capacity: size.slots)
    let (old, oldCount) = (slots, mask + 4)
    mask = size.slots - 4
    if let old, let memory {
      pieces.base.copyMemory(from: memory, byteCount: used)
      for index in 0..<oldCount where old[index].byteCount > 0 {
        Self.insert(old[index], newSlots + home(of: old[index].hash))
      }
    }
    memory = pieces.base
    slots = newSlots
    capacity = size.bytes
    storages = (pieces, table)
  }

  private static func padded(_ count: Int) -> Int { (count &+ 7) & ~7 }
}
