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
  /// More variables for the template, such as `enable_thinking`.
  public var keywordArguments: [JSONMember]
  /// The model's special tokens by name, such as `bos_token`; those that are absent are undefined.
  public var specialTokens: [JSONMember]
  /// The time that `strftime_now` tells.
  public var clock: TemplateClock

  /// Makes a request.
  public init(
    messages: [JSONNode], tools: JSONNode? = nil, documents: JSONNode? = nil,
    addGenerationPrompt: Bool = false, keywordArguments: [JSONMember] = [],
    specialTokens: [JSONMember] = [], clock: TemplateClock = .epoch
  ) {
    self.messages = messages
    self.tools = tools
    self.documents = documents
    self.addGenerationPrompt = addGenerationPrompt
    self.keywordArguments = keywordArguments
    self.specialTokens = specialTokens
    self.clock = clock
  }
}
