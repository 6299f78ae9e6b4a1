/// A prompt as a simulated cache sees it: what it is compared by, and what a service is told of it.
public struct SimulatedPrompt: Sendable {
  /// What a prompt is compared by.
  public enum Content: Sendable {
    /// Token ids.
    case tokens([UInt32])
    /// Names of pages of `size` tokens each, of which the last may have fewer. A name stands for all
    /// that is before it too: pages with equal names have equal prefixes (Mooncake's `hash_ids`).
    case pages([UInt64], size: Int)
  }

  /// The prompt, and behind it what was generated for it and is kept as well.
  public let content: Content
  /// The length of the prompt in tokens.
  public let tokenCount: Int
  /// The token offsets that a cache with breakpoints is told to keep prefixes up to. With none the whole
  /// prompt is kept, of a trace its full pages.
  public var breakpoints: [Int] = []
  /// The token offsets behind the content blocks: where a breakpoint looks back to. With none, the ends of
  /// a trace's pages.
  public var blockEnds: [Int] = []
  /// When the prompt is sent, in seconds from any moment.
  public var time = 0.0

  /// Makes a prompt of token ids.
  ///
  /// - Parameter output: the ids that were generated. An engine keeps all but the last one, for which
  ///   it never computed the state.
  public init(tokens: [UInt32], output: [UInt32] = []) {
    content = .tokens(output.count > 1 ? tokens + output.dropLast() : tokens)
    tokenCount = tokens.count
  }

  /// Makes a prompt of page names; nil if there are not as many as `tokenCount` tokens take.
  ///
  /// - Parameters:
  ///   - size: the tokens of a page, 1 to a billion.
  ///   - tokenCount: the length of the prompt, 0 or more.
  public init?(pages: [UInt64], size: Int, tokenCount: Int) {
    guard (1...1_000_000_000).contains(size), tokenCount >= 0 else { return nil }
    let (whole, rest) = tokenCount.quotientAndRemainder(dividingBy: size)
    guard pages.count == whole + (rest > 0 ? 1 : 0) else { return nil }
    content = .pages(pages, size: size)
    self.tokenCount = tokenCount
  }
}
