public import ChatTemplates
public import OrderedJSON
public import Tokenization

extension TemplateProbe {
  /// Makes a probe of a model's templates.
  ///
  /// - Parameters:
  ///   - specialTokens: the special tokens of the model; nil puts their names in their place.
  ///   - keywordArguments: what every conversation is rendered with.
  ///   - clock: the time that the template sees.
  ///   - tokenizer: counts tokens; nil counts none.
  public init(
    _ templates: ModelTemplates, specialTokens: [JSONMember]?,
    keywordArguments: [JSONMember] = [], clock: TemplateClock = .epoch, tokenizer: Tokenizer? = nil
  ) {
    var sharedTokens: SharedTokens?
    if let tokenizer { sharedTokens = { try? tokenizer.sharedTokenCount($0, $1) } }
    self.init(
      templates.standard.template, withTools: templates.withTools?.template,
      specialTokens: specialTokens, keywordArguments: keywordArguments, clock: clock,
      sharedTokens: sharedTokens)
  }
}

extension Tokenizer {
  /// Returns how many tokens two texts have in common at their beginning.
  func sharedTokenCount(_ first: [UInt8], _ second: [UInt8]) throws(TokenizerError) -> Int {
    let encoder = try makeEncoder()
    return Self.sharedCount(try encoder.encode(first).ids, try encoder.encode(second).ids)
  }

  /// Returns how many ids two lists have in common at their beginning.
  static func sharedCount(_ first: [UInt32], _ second: [UInt32]) -> Int {
    zip(first, second).prefix { $0 == $1 }.count
  }
}
