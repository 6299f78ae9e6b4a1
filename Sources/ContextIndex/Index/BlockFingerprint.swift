public import Bytes

/// What tells a block from others: the first half of the SHA-256 digest of its text in the prompt. Two
/// blocks with the same fingerprint are the same block.
public struct BlockFingerprint: Hashable, Sendable, Comparable {
  /// The first 8 bytes of the digest, big-endian.
  public let high: UInt64
  /// The next 8 bytes.
  public let low: UInt64

  /// Takes the two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Takes the first half of a digest.
  public init(_ digest: Digest) {
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
    self.init(high: number(digest.bytes[0..<8]), low: number(digest.bytes[8..<16]))
  }

  /// Computes the fingerprint of a text.
  public init(of text: [UInt8]) {
    self.init(Digest(of: text))
  }

  /// By value of the bytes.
  public static func < (left: BlockFingerprint, right: BlockFingerprint) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// A block as the index knows it: which it is, and how many tokens it has in the prompt.
public struct IndexedBlock: Hashable, Sendable {
  /// Which block it is.
  public var fingerprint: BlockFingerprint
  /// Its tokens in the prompt.
  public var tokens: UInt32

  /// Makes a block.
  public init(_ fingerprint: BlockFingerprint, tokens: UInt32) {
    self.fingerprint = fingerprint
    self.tokens = tokens
  }
}
