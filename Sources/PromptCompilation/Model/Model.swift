public import Bytes
public import Tokenization

/// A model that prompts are compiled for: its profile, tokenizer and chat template.
public struct Model: Sendable {
  /// What is known of it.
  public let profile: ModelProfile
  /// Turns text into its tokens.
  public let tokenizer: Tokenizer
  /// Turn messages into its text.
  public let templates: ModelTemplates

  /// Puts a model together.
  public init(profile: ModelProfile, tokenizer: Tokenizer, templates: ModelTemplates) {
    self.profile = profile
    self.tokenizer = tokenizer
    self.templates = templates
  }

  /// Loads what was found.
  ///
  /// - Throws: `CompilationError` if it has no chat template, or its vocabulary is not there.
  public init(_ model: LocatedModel) throws(CompilationError) {
    self.init(
      profile: model.profile, tokenizer: try model.tokenizer(), templates: try model.templates())
  }
}

extension Model {
  /// Loads the model called `name`: one that cpc has a profile of, by its name or an alias; or a folder
  /// in the layout of Hugging Face, a `.gguf` file, or `ORG/NAME` in the cache of Hugging Face.
  ///
  /// - Parameters:
  ///   - template: stands in place of the model's own chat template.
  ///   - folder: where profiles, templates and vocabularies are; nil looks for it.
  /// - Throws: `CompilationError` if there is no such model, or its files cannot be used.
  public static func named(
    _ name: ByteString, template: ModelTemplate? = nil, in folder: DataFolder? = nil
  ) throws(CompilationError) -> Model {
    try Model(try LocatedModel.named(name, template: template, in: folder))
  }

  /// Loads the tokenizer of a model without a template.
  ///
  /// - Parameter name: the name of a vocabulary or an alias of one, or of a model that cpc has a profile
  ///   of; or else a folder that holds `tokenizer.json`, a `.gguf` file, or `ORG/NAME` in the Hugging
  ///   Face cache.
  /// - Throws: `CompilationError` if there is no such model, or its files cannot be used.
  public static func tokenizer(
    named name: ByteString, in folder: DataFolder? = nil
  ) throws(CompilationError) -> Tokenizer {
    let models = try ModelCatalog(in: folder)
    let catalog = try CompilationError.of { () throws(VocabularyError) in
      try VocabularyCatalog.ofTokenizers(in: models.folder)
    }
    var vocabulary = catalog.manifest.vocabulary(named: name)
    let profile = vocabulary == nil ? try models.profile(of: name) : nil
    vocabulary = vocabulary ?? profile?.vocabulary.flatMap(catalog.manifest.vocabulary(named:))
    return try CompilationError.of { () throws(VocabularyError) in
      if let vocabulary { return try Tokenizer(try catalog.open(vocabulary)) }
      guard profile == nil else { throw VocabularyCatalog.missing(of: name) }
      if let source = try ModelSource.named(name) {
        return try Tokenizer(of: source, manifest: catalog.manifest)
      }
      throw catalog.unknownVocabulary(name)
    }
  }
}
