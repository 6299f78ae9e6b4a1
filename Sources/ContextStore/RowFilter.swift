internal import ContextIndex
internal import Foundation

/// Tells the rows that matter for one request from others: they begin alike and have a block of it.
struct RowFilter {
  private let head: BlockFingerprint
  private let blocks: Set<BlockFingerprint>
  /// A bit for each of the lowest bits that a block's fingerprint can have: most blocks are none of the
  /// request's, and one look says so.
  private var bits = [UInt64](repeating: 0, count: 64)

  init(_ request: ContextRequest) {
    head = request.head.fingerprint
    blocks = Set(request.blocks.lazy.map(\.fingerprint))
    for block in blocks { bits[Int(block.low >> 6 & 63)] |= 1 << (block.low & 63) }
  }

  /// The first bytes of the heads that match.
  var headBytes: Data { BlockRecord.bytes(of: head) }

  /// Whether the bytes of a sequence's blocks have one of the request's. Bytes of no whole blocks match, so
  /// that what reads them finds the damage.
  func matches(_ bytes: Data?) -> Bool {
    guard let bytes, bytes.count.isMultiple(of: BlockRecord.size) else { return true }
    return bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let low = UInt64(
          bigEndian: buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        if bits[Int(low >> 6 & 63)] & 1 << (low & 63) != 0 {
          let high = UInt64(
            bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
          if blocks.contains(BlockFingerprint(high: high, low: low)) { return true }
        }
        offset += BlockRecord.size
      }
      return false
    }
  }
}
