public import ChatTemplates
public import OrderedJSON

/// How the chat template is called, beside what a spec says.
public struct RenderSettings: Sendable {
  /// Keyword arguments of the template; they stand before those of the spec and of the model's profile.
  public var keywordArguments: [JSONMember]
  /// The local time that the template sees; nil is what the model's profile pins, or else the start of
  /// 1970. It is never the time of the machine, so that no prompt changes at midnight.
  public var clock: TemplateClock?
  /// How the prompt ends.
  public var ending: PromptEnding

  /// Makes settings; without arguments, those that compiling has by default.
  public init(
    keywordArguments: [JSONMember] = [], clock: TemplateClock? = nil,
    ending: PromptEnding = .generationPrompt
  ) {
    self.keywordArguments = keywordArguments
    self.clock = clock
    self.ending = ending
  }
}
