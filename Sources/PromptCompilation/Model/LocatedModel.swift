public import Bytes
public import Tokenization

/// A model that was found: its profile, its chat template, and where its vocabulary is to be had.
///
/// A model renders without its vocabulary; that is read when tokens are asked for.
public struct LocatedModel: Sendable {
  /// What is known of it.
  public let profile: ModelProfile
  private let own: ModelTemplates?
  private let files: ModelLocation?
  private let folder: DataFolder

  /// Finds the model called `name`: one that cpc has a profile of, by its name or an alias; or a folder
  /// in the layout of Hugging Face, a `.gguf` file, or `ORG/NAME` in the cache of Hugging Face.
  ///
  /// - Parameters:
  ///   - template: stands in place of the model's own chat template.
  ///   - folder: where profiles, templates and vocabularies are; nil looks for it.
  /// - Throws: `CompilationError` if there is no such model, or its files cannot be used.
  public static func named(
    _ name: ByteString, template: ModelTemplate? = nil, in folder: DataFolder? = nil
  ) throws(CompilationError) -> LocatedModel {
    let catalog = try ModelCatalog(in: folder)
    if let profile = try catalog.profile(of: name) {
      let own = template == nil ? ModelTemplates(try catalog.template(of: profile)) : nil
      return LocatedModel(profile, own: own, replaced: template, in: catalog.folder)
    }
    let location = try CompilationError.of { () throws(VocabularyError) in
      try ModelLocation.named(name)
    }
    guard let location else { throw try catalog.unknownModel(name) }
    let own: ModelTemplates?
    let profile: ModelProfile
    switch location {
    case .folder(let path):
      let files = try ModelFolder(path: path)
      own = template == nil ? try files.templates() : nil
      profile = ModelProfile(
        name: name, specialTokens: try files.specialTokens(),
        contextLength: try files.contextLength())
    case .gguf(let path):
      let file = try ModelFile(path: path)
      own = template == nil ? try file.templates() : nil
      profile = ModelProfile(
        name: name, specialTokens: try file.specialTokens(),
        contextLength: try file.contextLength())
    }
    return LocatedModel(
      profile, own: own, replaced: template, files: location, in: catalog.folder)
  }

  private init(
    _ profile: ModelProfile, own: ModelTemplates?, replaced template: ModelTemplate?,
    files: ModelLocation? = nil, in folder: DataFolder
  ) {
    self.profile = template == nil ? profile : profile.withoutTemplate
    self.own = template.map { ModelTemplates($0) } ?? own
    self.files = files
    self.folder = folder
  }

  /// The chat templates.
  ///
  /// - Throws: `CompilationError` if the model's files hold none.
  public func templates() throws(CompilationError) -> ModelTemplates {
    if let own { return own }
    throw CompilationError(
      file: profile.name.string, message: "has no chat template: give --chat-template FILE")
  }

  /// The special tokens that engines put in front of a text that is no conversation; nil if the profile or the
  /// model's own files do not tell. Of a folder, `tokenizer.json` is read for it.
  ///
  /// - Throws: `CompilationError` if a file cannot be read.
  public func textPrefix() throws(CompilationError) -> [ByteString]? {
    switch files {
    case .none: profile.textPrefix
    case .folder(let path): try ModelFolder(path: path).textPrefix()
    case .gguf(let path): try ModelFile(path: path).textPrefix()
    }
  }

  /// Loads the vocabulary.
  ///
  /// - Throws: `CompilationError` that says what is missing and what to do, if it is not there.
  public func tokenizer() throws(CompilationError) -> Tokenizer {
    try CompilationError.of { () throws(VocabularyError) in
      let catalog = try VocabularyCatalog.ofTokenizers(in: folder)
      if let files {
        return try Tokenizer(of: try ModelSource(in: files), manifest: catalog.manifest)
      }
      guard let name = profile.vocabulary else {
        throw VocabularyError(source: profile.name.string, message: "it has no vocabulary")
      }
      guard catalog.manifest.vocabulary(named: name) != nil else {
        throw VocabularyCatalog.missing(of: profile.name)
      }
      return try Tokenizer(try catalog.open(name))
    }
  }
}

extension VocabularyCatalog {
  /// The vocabularies of a data folder, with the user's cache folder.
  static func ofTokenizers(in folder: DataFolder) throws(VocabularyError) -> VocabularyCatalog {
    try VocabularyCatalog(folder: folder.path + "/tokenizers", cacheFolder: DataFolder.cache)
  }

  /// The error about a model that cpc knows and whose vocabulary it cannot have.
  static func missing(of model: ByteString) -> VocabularyError {
    VocabularyError(
      source: model.string,
      message:
        "this vocabulary neither ships with cpc nor can be pulled (`cpc template` does without it): give "
        + "--model the model's folder, its ORG/NAME in the Hugging Face cache, or a .gguf file")
  }
}

extension Tokenizer {
  /// Loads the tokenizer of a model of the user's.
  init(of source: ModelSource, manifest: VocabularyManifest) throws(VocabularyError) {
    let vocabulary = try ModelVocabulary(cacheFolder: DataFolder.cache, manifest: manifest)
      .open(source)
    do {
      try self.init(vocabulary)
    } catch {
      // It names the vocabulary, which only its digest is known of.
      throw VocabularyError(source: source.path, message: error.message)
    }
  }
}
