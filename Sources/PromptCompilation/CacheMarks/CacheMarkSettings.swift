public import Bytes

/// Where marks are worth to be put.
public struct CacheMarkSettings: Sendable {
  /// The lifetime of what many requests share (tools, system text, documents), as the service's marks name
  /// it, such as `1h`; nil for the usual one. What is behind them has the usual one.
  public var lifetime: ByteString?
  /// How often what many requests share is read before it is gone.
  public var sharedReads: Double
  /// How often a conversation is read before it is gone: 0 for requests that nothing follows.
  public var conversationReads: Double

  /// Makes settings; without arguments for conversations that go on.
  public init(
    lifetime: ByteString? = nil, sharedReads: Double = 4, conversationReads: Double = 1
  ) {
    self.lifetime = lifetime
    self.sharedReads = sharedReads
    self.conversationReads = conversationReads
  }
}

/// A place that a cache mark stands at.
public struct CacheMark: Sendable, Equatable {
  /// What ends there.
  public enum Boundary: String, Sendable {
    /// The tools.
    case tools
    /// The system text.
    case system
    /// Documents that stand in blocks of their own before a question.
    case documents
    /// What the request before this one ended with.
    case earlierTurns = "earlier_turns"
    /// The conversation so far.
    case conversation
  }

  /// What ends there.
  public var boundary: Boundary
  /// The tool, block or string that is marked, a JSON pointer (RFC 6901).
  public var path: ByteString
  /// The lifetime that the mark asks for; nil for the usual one.
  public var lifetime: ByteString?
  /// About how many tokens stand before its end.
  public var tokens: Int
}

/// A request body with cache marks.
public struct MarkedBody: Sendable {
  /// The body: the bytes that were given, and those that were put in.
  public var bytes: [UInt8]
  /// The marks that were put in, in the order in which the model sees what they stand at.
  public var marks: [CacheMark]
  /// How many marks the body had.
  public var ownMarkCount: Int
  /// The `prompt_cache_key` that was put in; nil if none was.
  public var cacheKey: ByteString?
  /// About how many tokens the body has: what to compare with the service's count
  /// (`TokenEstimate.correct`).
  public var tokens: Int
  /// The model that the body names; empty if the service is not known for it.
  public internal(set) var model = ByteString()
  /// By how much the estimate was corrected already.
  public internal(set) var factor = 1.0
  /// What was put in, in bytes of the body.
  public var insertions: [ByteRange]

  /// The body as it was given.
  public var original: [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    for range in insertions {
      result += bytes[offset..<range.start]
      offset = range.end
    }
    return result + bytes[offset...]
  }
}
