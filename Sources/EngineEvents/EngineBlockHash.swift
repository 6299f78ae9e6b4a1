/// What an engine calls a block of tokens in its events: an integer of 64 bits, signed or not, or up to 32
/// bytes. It is compared, never computed: `PageHash` computes it.
public struct EngineBlockHash: Hashable, Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64)
  /// The number of bytes; 0 for an integer.
  private let length: UInt8

  /// Takes an integer. A signed one is the same as the unsigned one with its bits.
  public init(_ number: UInt64) {
    words = (number, 0, 0, 0)
    length = 0
  }

  /// Takes 1 to 32 bytes; nil for others.
  public init?(bytes: some Collection<UInt8>) {
    guard (1...32).contains(bytes.count) else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for (place, byte) in bytes.enumerated() {
      let value = UInt64(byte) << UInt64(56 - 8 * (place % 8))
      switch place / 8 {
      case 0: words.0 |= value
      case 1: words.1 |= value
      case 2: words.2 |= value
      default: words.3 |= value
      }
    }
    self.words = words
    length = UInt8(bytes.count)
  }

  /// The integer; nil for bytes.
  public var number: UInt64? { length == 0 ? words.0 : nil }

  /// By the bytes and their number.
  public static func == (left: EngineBlockHash, right: EngineBlockHash) -> Bool {
    left.words == right.words && left.length == right.length
  }

  /// Feeds the bytes and their number.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    guard length > 0 else { return }
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
    hasher.combine(length)
  }
}
