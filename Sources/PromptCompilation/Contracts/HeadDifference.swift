public import Bytes

/// How the head of a prompt differs from what is locked.
public struct HeadDifference: Sendable {
  /// Where a difference comes from.
  public enum Cause: String, Sendable {
    /// The vocabulary is another: no token is comparable.
    case vocabulary
    /// The words of the chat template.
    case template
    /// The spec.
    case spec
    /// The same text has other tokens or boundaries: cpc itself.
    case compiler
  }

  /// The path of the spec, as the lock has it.
  public var spec: ByteString
  /// The model's name.
  public var model: ByteString
  /// Where it comes from.
  public var cause: Cause
  /// What was done, for people: `system changed`.
  public var summary: String
  /// Where it comes from in the user's files.
  public var place: HeadPlace
  /// The section of the prompt that the first difference is in.
  public var section: Section.Kind?
  /// The position of the first token that differs.
  public var token: Int
  /// Whether `token` is that position; else the first difference is at it or behind it.
  public var isExact: Bool
  /// The tokens that are locked.
  public var lockedTokens: Int
  /// What stood there; nil where the lock does not know.
  public var locked: Excerpt?
  /// What stands there.
  public var current: Excerpt?

  /// How many tokens of the locked prefix a request does not find any more.
  public var lostTokens: Int { lockedTokens - token }

  /// A token with the text around it.
  public struct Excerpt: Hashable, Sendable {
    /// The text before the token.
    public var before: ByteString
    /// The id of the token; nil at the end of what is shared.
    public var token: UInt32?
    /// The text of the token.
    public var text: ByteString
    /// The text behind the token.
    public var after: ByteString
  }
}

extension HeadDifference.Excerpt {
  /// The most bytes before the token, and behind it.
  private static let reach = (before: 32, after: 48)

  /// - Parameters:
  ///   - ends: where the tokens end in `text`.
  ///   - index: the token.
  init(_ text: [UInt8], ids: [UInt32], ends: [Int], at index: Int) {
    let start = index > 0 ? min(ends[min(index, ends.count) - 1], text.count) : 0
    let end = index < ends.count ? min(ends[index], text.count) : start
    var first = max(start - Self.reach.before, 0)
    while first < start, text[first] & 0xC0 == 0x80 { first += 1 }
    var last = min(end + Self.reach.after, text.count)
    while last > end, last < text.count, text[last] & 0xC0 == 0x80 { last -= 1 }
    before = ByteString(text[first..<start])
    token = index < ids.count ? ids[index] : nil
    self.text = ByteString(text[start..<end])
    after = ByteString(text[end..<last])
  }
}
