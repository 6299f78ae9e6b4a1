public import Bytes
public import OrderedJSON

/// What is given to a chat template.
public struct TemplateRequest: Sendable {
  /// The conversation: objects with `role`, `content` and so on, whose key order is kept.
  public var messages: [JSONNode]
  /// The tools as JSON; nil makes the template see `None`.
  public var tools: JSONNode?
  /// The documents as JSON; nil makes the template see `None`.
  public var documents: JSONNode?
  /// Whether the prompt ends with the start of the assistant's next message.
  public var addGenerationPrompt: Bool
  /// The member of the last message that the model is to continue, such as `content`: the prompt ends
  /// where its text ends. Nil if there is none. It excludes `addGenerationPrompt`.
  public var continuedMember: ByteString?
  /// More variables for the template, such as `enable_thinking`.
  public var keywordArguments: [JSONMember]
  /// The model's special tokens by name, such as `bos_token`; those that are absent are undefined.
  public var specialTokens: [JSONMember]
  /// The time that `strftime_now` tells.
  public var clock: TemplateClock

  /// Makes a request.
  public init(
    messages: [JSONNode], tools: JSONNode? = nil, documents: JSONNode? = nil,
    addGenerationPrompt: Bool = false, continuedMember: ByteString? = nil,
    keywordArguments: [JSONMember] = [], specialTokens: [JSONMember] = [],
    clock: TemplateClock = .epoch
  ) {
    self.messages = messages
    self.tools = tools
    self.documents = documents
    self.addGenerationPrompt = addGenerationPrompt
    self.continuedMember = continuedMember
    self.keywordArguments = keywordArguments
    self.specialTokens = specialTokens
    self.clock = clock
  }
}
