public import Bytes

/// What a hosted service caches of requests, as of a date.
public struct CacheService: Sendable {
  /// How a request marks the end of a prefix that is to be cached.
  public enum Marks: String, CaseIterable, Sendable {
    /// `cache_control` on tools, system text and content blocks (Anthropic).
    case cacheControl = "cache_control"
    /// `prompt_cache_breakpoint` on content parts (OpenAI).
    case promptCacheBreakpoint = "prompt_cache_breakpoint"
  }

  /// How long an entry lives, and what it costs to write it.
  public struct Lifetime: Sendable {
    /// How a mark asks for it; nil if it cannot.
    public var ttl: ByteString?
    /// The seconds from the last use on.
    public var seconds: Int
    /// The price of a token that is written, in prices of an input token.
    public var write: Double
  }

  /// Whose service it is.
  public var name: ByteString
  /// The first model that it holds for, such as `gpt-5.6`; nil for all.
  public var firstModel: ByteString?
  /// How places are marked; nil if the service chooses them.
  public var marks: Marks?
  /// The most marks of a request; nil where there is no limit.
  public var breakpoints: Int?
  /// At how many content blocks, from a mark back, an entry is looked for; nil for the marked one alone.
  public var lookBackBlocks: Int?
  /// The fewest tokens of a prefix that is cached, for models of which nothing else is known.
  public var minimumTokens: Int
  /// The price of a token that is read, in prices of an input token; nil where it is not known.
  public var read: Double?
  /// The lifetimes, the usual one first.
  public var lifetimes: [Lifetime]
  /// When this was so, as the file has it.
  public var date: ByteString

  /// Whether an entry that is read so often saves more than it costs to write. If the prices are not known, it
  /// does.
  func isWorth(_ lifetime: Lifetime?, reads: Double) -> Bool {
    guard let read, let lifetime else { return reads > 0 }
    return reads * (1 - read) > lifetime.write - 1
  }

  /// Whether it holds for a model.
  func holds(for model: ByteString) -> Bool {
    guard let firstModel else { return true }
    let (first, other) = (ModelVersion(firstModel), ModelVersion(model))
    guard let first, let other, first.family == other.family else { return false }
    return !other.numbers.lexicographicallyPrecedes(first.numbers)
  }
}

/// The family and the version in a model's name: `gpt-` and 5, 6 of `gpt-5.6-mini`.
private struct ModelVersion {
  let family: ArraySlice<UInt8>
  let numbers: [Int]

  init?(_ name: ByteString) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    family = name.bytes.prefix { !isDigit($0) }
    let version = name.bytes.dropFirst(family.count).prefix { isDigit($0) || $0 == 0x2E }
    numbers = version.split(separator: 0x2E).compactMap {
      Int(String(decoding: $0, as: UTF8.self))
    }
    if numbers.isEmpty { return nil }
  }
}
