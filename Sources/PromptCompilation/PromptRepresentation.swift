internal import Bytes
internal import ChatTemplates
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
  /// The language of the line that tells the importance order; nil as long as none was asked for.
  var annotationLanguage: Policy.Annotation.Language?
  /// The last line of that kind whose tokens were counted, and their number.
  var countedAnnotation: (text: ByteString, tokens: Int)?
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
  /// The added tokens in the text; nil as long as they were not looked for.
  var addedTokens: [(token: AddedToken, range: ByteRange)]?
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
