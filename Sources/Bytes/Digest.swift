import Crypto

/// A SHA-256 digest (FIPS 180-4): 32 bytes.
public struct Digest: Hashable, Sendable {
  /// The 32 bytes of the digest.
  public let bytes: [UInt8]

  /// 32 zero bytes: what the prefix chain begins with.
  public static let zero = Digest(unchecked: [UInt8](repeating: 0, count: 32))

  private init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Takes 32 bytes as a digest; nil if there are not 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits; nil if there is anything else.
  public init?(hexadecimal text: ByteString) {
    guard text.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(of: text.bytes[place]),
        let low = Self.value(of: text.bytes[place + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// Computes the digest of `data`.
  public init(of data: UnsafeRawBufferPointer) {
    var hash = SHA256()
    hash.update(bufferPointer: data)
    self.bytes = Array(hash.finalize())
  }

  /// Computes the digest of `data`.
  public init(of data: [UInt8]) {
    self = data.withUnsafeBytes { Digest(of: $0) }
  }

  /// Computes the next link of a prefix chain: SHA-256 over `previous`, then each token id as a
  /// 32-bit little-endian integer.
  public init(chaining previous: Digest, tokens: ArraySlice<UInt32>) {
    var hash = SHA256()
    previous.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    let littleEndian = tokens.map { $0.littleEndian }
    littleEndian.withUnsafeBytes { hash.update(bufferPointer: $0) }
    self.bytes = Array(hash.finalize())
  }

  /// 64 lower-case hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
