public import Bytes
public import OrderedJSON

/// What the user asks to be compiled: `cpc: 1`.
///
/// Read one from JSON with `Spec(json:name:)`, or make one in code:
/// ```swift
/// let spec = Spec(
///   system: "Answer from the documents.",
///   blocks: [Block(id: "faq", text: "Refunds take 14 days.")],
///   query: "How long does a refund take?")
/// ```
public struct Spec: Sendable {
  /// What the spec was read from; nil for one made in code.
  public var source: SourceText?
  /// The source as it was parsed; nil for one made in code.
  var json: JSONNode?
  /// The model's name; what the caller of the compiler names stands before it.
  public var model: ByteString?
  /// The system text.
  public var system: Content?
  /// The tools in the form of the OpenAI interface: a JSON array.
  public var tools: JSONNode?
  /// The context, most important first unless the blocks say otherwise.
  public var blocks: [Block] = []
  /// The earlier messages, in the form of the OpenAI interface.
  public var conversation: [Message] = []
  /// The question of this request.
  public var query: Content?
  /// The values that `${name}` stands for.
  public var variables: [Variable] = []
  /// Members of the request body that are copied as they are.
  public var parameters: [JSONMember] = []
  /// Keyword arguments of the chat template.
  public var templateArguments: [JSONMember] = []
  /// Which message the blocks open; nil leaves it to what the chat template keeps in place.
  public var slot: Slot?
  /// Whose content this is. Nothing of one tenant's reaches another's prompt.
  public var tenant: ByteString?
  /// The conversation that this request continues.
  public var conversationID: ByteString?
  /// How the prompt is compiled.
  public var policy = Policy()

  /// Makes a spec of the usual parts.
  public init(
    system: ByteString? = nil, blocks: [Block] = [], conversation: [Message] = [],
    query: ByteString? = nil, policy: Policy = Policy()
  ) {
    self.system = system.map { Content(text: $0) }
    self.blocks = blocks
    self.conversation = conversation
    self.query = query.map { Content(text: $0) }
    self.policy = policy
  }
}

extension Spec {
  /// The name that messages about this spec show.
  public var name: String { source?.name ?? "spec" }

  /// Whether there are tools.
  var hasTools: Bool {
    if case .array(let tools)? = tools?.value { !tools.isEmpty } else { false }
  }

  /// An error, or a warning, about what stands at byte `offset` of the source.
  func diagnostic(
    _ severity: Diagnostic.Severity = .error, at offset: Int, _ message: String
  ) -> Diagnostic {
    guard let source else { return Diagnostic(severity, file: name, message: message) }
    let (line, column) = source.position(at: offset)
    return Diagnostic(severity, file: name, line: line, column: column, message: message)
  }
}

extension Spec {
  /// A message that blocks can open.
  public enum Slot: String, Sendable, CaseIterable {
    /// The current user message.
    case user
    /// The first user message of the conversation; without a conversation that is the current one.
    case firstUser = "first_user"
  }
}

/// A piece of context with an identity.
public struct Block: Sendable {
  /// Where a block stands whatever the order, or that it is never dropped.
  public enum Pin: String, Sendable, CaseIterable {
    /// Before all blocks that are not pinned first.
    case first
    /// After all blocks that are shown and not pinned last; references stand behind.
    case last
    /// Anywhere, but never dropped to fit a budget.
    case keep
  }

  /// The caller's name for it, which becomes its label; nil takes a label from the content.
  public var id: ByteString?
  /// The text.
  public var text: ByteString
  /// A title that the model sees.
  public var title: ByteString?
  /// Higher is more important; nil takes the place in the list.
  public var importance: Double?
  /// Whether and where it is pinned.
  public var pin: Pin?
  /// What the caller keeps with it; it goes to the report unread.
  public var metadata: JSONNode?
  /// Where it stands in the spec's source, in bytes.
  public var offset = 0
  /// Where its text, or the name of its file, stands in the spec's source, in bytes.
  public var textOffset = 0
  /// The file that its text was read from, as the spec names it; nil if the spec holds the text.
  public var file: ByteString?

  /// Makes a block.
  public init(
    id: ByteString? = nil, text: ByteString, title: ByteString? = nil, importance: Double? = nil,
    pin: Pin? = nil, metadata: JSONNode? = nil
  ) {
    self.id = id
    self.text = text
    self.title = title
    self.importance = importance
    self.pin = pin
    self.metadata = metadata
  }
}

/// A value that `${name}` stands for in the system text, the query and titles.
public struct Variable: Sendable {
  /// The name: letters, digits and `_`, beginning with no digit.
  public var name: ByteString
  /// What stands for it.
  public var value: ByteString

  /// Makes a variable.
  public init(name: ByteString, value: ByteString) {
    self.name = name
    self.value = value
  }
}
