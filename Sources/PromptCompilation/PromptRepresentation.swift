public import Bytes
internal import ChatTemplates
public import Deduplication
internal import OrderedJSON
internal import Tokenization

/// What the passes work on: the parts of a prompt, and behind `render` and `tokenize` its text and
/// its tokens.
struct PromptRepresentation: Sendable {
  /// The spec as it was read.
  let spec: Spec
  /// The system text.
  var system: Content?
  /// The earlier messages.
  var conversation: [Message]
  /// The earlier messages before results of tools in them were folded; nil if none is.
  var unfoldedConversation: [Message]?
  /// What the state of the conversation gave; nil without one.
  var recall: Recall?
  /// The question of this request.
  var query: Content?
  /// Further members of the message that holds the query.
  var queryMembers: [JSONMember] = []
  /// The blocks in the order in which they stand in the prompt.
  var blocks: [ContextBlock]
  /// The order that was chosen for the blocks that are free to move, as places in the spec's list; nil if
  /// none was. Those that it does not name stand behind the others.
  var arrangement: [Int]?
  /// What of the order that an index chose is believed to be cached.
  var cached: (blocks: Int, tokens: Int)?
  /// What became of the blocks to fit a budget; nil without one.
  var fit: FittedBudget?
  /// The line that tells the importance order, without its newline; nil if there is none.
  var annotation: ByteString?
  /// How the prompt ends.
  let ending: PromptEnding
  /// What the passes found worth a warning.
  var warnings: [Diagnostic] = []
  /// What the current pass did, for people; the compiler collects and empties it after each pass.
  var notes: [String] = []

  /// The keyword arguments of the template.
  var templateArguments: [JSONMember] = []
  /// The time that the template printed; nil if the prompt does not depend on it.
  var printedClock: TemplateClock?
  /// What the template was given.
  var request: TemplateRequest?
  /// The messages as the template and the request get them.
  var messages: [PromptMessage] = []
  /// The text of the prompt and what of it came from where.
  var rendered: RenderedPrompt?
  /// Where the parts of the spec stand in the text.
  var anchors: [SectionAnchor] = []
  /// The tokens of the prompt.
  var encoded: EncodedText?
  /// The added tokens in the text.
  var addedTokens: [(token: AddedToken, range: ByteRange)] = []
  /// The places of those of them that the template itself put there.
  var templateTokens: [ByteRange] = []
  /// The sections with their addresses.
  var seal: Seal?
  /// What becomes of the prompt when the user goes on; nil where it does not end for an answer.
  var nextTurn: NextTurn?

  init(_ spec: Spec, ending: PromptEnding) {
    self.spec = spec
    self.ending = ending
    system = spec.system
    conversation = spec.conversation
    query = spec.query
    blocks = ContextBlock.blocks(of: spec)
    // Without a query the last message of the user is what is asked: the blocks open it. The answer to
    // it may have begun.
    let place = conversation.count - (ending == .openMessage ? 2 : 1)
    if query == nil, place >= 0, conversation[place].role == "user" {
      let last = conversation.remove(at: place)
      query = last.content
      query?.offset = last.offset
      queryMembers = last.members
    }
  }
}

/// A block on its way through the passes.
public struct ContextBlock: Sendable {
  /// The short name that the prompt shows; it does not depend on the position.
  public var label: ByteString
  /// The title that the prompt shows.
  public var title: ByteString?
  /// The text.
  public var text: ByteString
  /// The place in the spec's list, from 0.
  public internal(set) var index: Int
  /// The place in the order of importance, from 0.
  public var importanceRank: Int
  /// Whether the caller named it; else its label is made of its content.
  var isNamed: Bool
  /// The importance that the spec states.
  public var importance: Double?
  /// Where it is pinned.
  public var pin: Block.Pin?
  /// The label of the earlier block that this one is a reference to; nil for a block that is shown.
  public var referent: ByteString?
  /// The places in the spec's list of further occurrences of the same block, which are not shown.
  public var repeats: [Int] = []

  /// What is shown of the text where that is not the text itself; nil if it is.
  public internal(set) var folded: FoldedText?

  /// The block as it stands in a prompt where nothing is folded.
  var frame: BlockFrame { BlockFrame(self, showing: text.bytes) }
  /// The block as it stands in the prompt.
  var shownFrame: BlockFrame { BlockFrame(self, showing: folded?.bytes ?? text.bytes) }
}

extension ContextBlock {
  /// The blocks of a spec as listed, with labels and importance ranks.
  static func blocks(of spec: Spec) -> [ContextBlock] {
    let ranked = spec.blocks.indices.sorted { left, right in
      let (a, b) = (spec.blocks[left].importance, spec.blocks[right].importance)
      let (x, y) = (a ?? -.infinity, b ?? -.infinity)
      return x == y ? left < right : x > y
    }
    var ranks = [Int](repeating: 0, count: ranked.count)
    for (rank, index) in ranked.enumerated() { ranks[index] = rank }
    let labels = BlockLabels.labels(of: spec.blocks)
    return spec.blocks.enumerated().map { index, block in
      ContextBlock(
        label: labels[index], title: block.title, text: block.text, index: index,
        importanceRank: ranks[index], isNamed: block.id != nil, importance: block.importance,
        pin: block.pin)
    }
  }
}

/// A message as the template gets it.
struct PromptMessage {
  let role: ByteString
  let content: Content?
  let members: [JSONMember]
  /// What it came from.
  let origin: Origin
  /// Whether it stands as it was sent in an earlier turn.
  var isRecalled = false
  /// What the content was put together of; none if it is as it was given.
  var parts: [ComposedMessage.Part] = []

  enum Origin: Hashable {
    case system
    case conversation(Int)
    case current
  }
}
