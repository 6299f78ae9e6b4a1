public import Bytes
internal import ContextIndex
internal import OrderedJSON

/// What was sent under a conversation id: for each compiled turn the user's own words, by their digest, and
/// the content that they became.
///
/// ```swift
/// var state: ConversationState?
/// let first = try compiler.compile(turn1, state: &state)
/// // The answer goes into the conversation of the next spec, with what the user said.
/// let second = try compiler.compile(turn2, state: &state)
/// ```
/// A value: the compiler keeps none of it. `bytes` and `init(bytes:for:)` store it.
public struct ConversationState: Sendable {
  /// Whose conversation it is.
  public struct Key: Hashable, Sendable {
    /// Nothing of one tenant's reaches another's prompt.
    public var tenant: ByteString
    /// The name of the model that the prompts were compiled for.
    public var model: ByteString
    /// The caller's name for the conversation.
    public var conversation: ByteString

    /// Makes a key.
    public init(tenant: ByteString = "", model: ByteString, conversation: ByteString) {
      self.tenant = tenant
      self.model = model
      self.conversation = conversation
    }
  }

  /// Whose conversation it is.
  public let key: Key
  /// The turns that were compiled, by place.
  public internal(set) var turns: [Turn] = []

  /// Makes a state of which nothing was sent yet.
  public init(_ key: Key) {
    self.key = key
  }
}

extension ConversationState: Equatable {
  /// Whether two states are stored as the same bytes.
  public static func == (left: ConversationState, right: ConversationState) -> Bool {
    left.bytes == right.bytes
  }
}

extension ConversationState {
  /// A message of the user's as it was sent.
  public struct Turn: Sendable {
    /// How many messages of the user's stand before it.
    public let place: Int
    /// The digest of all that was said before it, see `ConversationHistory`.
    let history: Digest
    /// The digests of what the user said: as the caller gave it, and with the values of variables if that is
    /// something else.
    public let words: [Digest]
    /// The content that was sent.
    public let content: Content
    /// Of what the text of the content is made.
    let parts: [Part]
    /// Stretches from the beginning of its prompt with which one that goes on may begin, the longest first.
    var beginnings: [Beginning] = []

    /// The labels of the blocks that are shown in it, in their order.
    public var labels: [ByteString] {
      parts.compactMap { $0.kind == .block ? $0.label : nil }
    }
  }

  /// A stretch from the beginning of a prompt.
  struct Beginning: Hashable, Sendable {
    /// How many tokens it has.
    let tokens: Int
    /// Their prefix chain.
    let prefix: Digest

    /// Whether a prompt begins so.
    func begins(_ ids: [UInt32]) -> Bool {
      tokens <= ids.count && Digest(chaining: .zero, tokens: ids[..<tokens]) == prefix
    }
  }

  /// A part of a content.
  struct Part: Hashable, Sendable {
    enum Kind: UInt8 {
      case block
      /// A reference to what an earlier turn shows under the same label.
      case repeated
      /// A reference to what is shown under another label.
      case alias
      /// The annotation, and what the user says.
      case rest
    }
    let kind: Kind
    /// The label of a block or of a reference; else empty.
    let label: ByteString
    /// The title and the text of a block, not folded; zero for others.
    let fingerprint: BlockFingerprint
    /// Where it stands in the text of the content.
    let range: ByteRange
    /// The user's own text in it.
    let content: ByteRange
  }
}

extension ConversationState.Turn {
  /// Whether the user said this: in own words, or as it was sent.
  func said(_ content: Content) -> Bool {
    let digest = Digest(ofWords: content)
    return words.contains(digest) || digest == Digest(ofWords: self.content)
  }

  /// The parts as those of a message that is put together.
  var messageParts: [ComposedMessage.Part] {
    parts.map { part in
      let kind: Section.Kind =
        switch part.kind {
        case .block: .block
        case .repeated, .alias: .reference
        case .rest: .turn
        }
      return ComposedMessage.Part(
        kind: kind, label: part.kind == .rest ? nil : part.label, range: part.range,
        content: part.content)
    }
  }
}

/// What was said up to a place of a conversation, as a chain of digests.
///
/// What an assistant thought is no part of it: callers may leave that out later. Nor is the form in which the
/// user's words are kept, as long as a turn knows them.
struct ConversationHistory {
  /// The chain.
  private(set) var digest = Digest.zero
  /// How many messages of the user's there were.
  private(set) var place = 0

  /// Adds a message that is not the user's.
  mutating func append(_ message: Message) {
    let members = message.members.filter { !Self.reasoning.contains($0.key) }
    let said: JSONValue = .array(of: [
      .string(message.role), message.content?.json ?? .null, .object(members),
    ])
    append(Digest(of: JSONWriter.write(said)))
  }

  /// Adds what the user said.
  mutating func append(words: Digest?) {
    append(words ?? .zero)
    place += 1
  }

  private mutating func append(_ message: Digest) {
    digest = Digest(of: digest.bytes + message.bytes)
  }

  private static let reasoning: Set<ByteString> = ["reasoning_content", "thinking", "reasoning"]
}

extension Digest {
  /// The digest of what a message says.
  init(ofWords content: Content) {
    self.init(of: JSONWriter.write(content.json))
  }
}
