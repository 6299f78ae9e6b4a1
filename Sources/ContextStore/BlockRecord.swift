internal import Bytes
internal import ContextIndex
internal import Foundation

/// A block in an index file: 20 bytes, the fingerprint's two halves and the tokens, all big-endian.
enum BlockRecord {
  static let size = 20

  /// The bytes of blocks, one behind the other.
  static func bytes(of blocks: [IndexedBlock]) -> Data {
    var bytes = Data(capacity: blocks.count * size)
    for block in blocks {
      append(block.fingerprint.high, to: &bytes)
      append(block.fingerprint.low, to: &bytes)
      append(block.tokens, to: &bytes)
    }
    return bytes
  }

  /// The bytes of a fingerprint.
  static func bytes(of fingerprint: BlockFingerprint) -> Data {
    var bytes = Data(capacity: 16)
    append(fingerprint.high, to: &bytes)
    append(fingerprint.low, to: &bytes)
    return bytes
  }

  /// The blocks that bytes are of; nil if they are not of whole blocks.
  static func blocks(_ bytes: Data?) -> [IndexedBlock]? {
    guard let bytes, bytes.count.isMultiple(of: size) else { return nil }
    return bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: size).map { offset in
        IndexedBlock(
          BlockFingerprint(high: number(buffer, offset), low: number(buffer, offset + 8)),
          tokens: number(buffer, offset + 16))
      }
    }
  }

  /// The fingerprint that 16 bytes are of; nil if they are not as many.
  static func fingerprint(_ bytes: Data?) -> BlockFingerprint? {
    guard let bytes, bytes.count == 16 else { return nil }
    return bytes.withUnsafeBytes { buffer in
      BlockFingerprint(high: number(buffer, 0), low: number(buffer, 8))
    }
  }

  /// What tells a sequence from others: the first half of the SHA-256 digest of its fingerprints.
  static func digest(_ head: IndexedBlock, _ blocks: [IndexedBlock]) -> Data {
    var text: [UInt8] = []
    text.reserveCapacity((blocks.count + 1) * 16)
    for block in [head] + blocks {
      withUnsafeBytes(of: block.fingerprint.high.bigEndian) { text += $0 }
      withUnsafeBytes(of: block.fingerprint.low.bigEndian) { text += $0 }
    }
    return bytes(of: BlockFingerprint(of: text))
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout Data) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private static func number<Number: FixedWidthInteger>(
    _ buffer: UnsafeRawBufferPointer, _ offset: Int
  ) -> Number {
    Number(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
