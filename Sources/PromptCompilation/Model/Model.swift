public import Bytes
public import ChatTemplates
public import Tokenization

/// A model that prompts are compiled for: its profile, tokenizer and chat template.
public struct Model: Sendable {
  /// What is known of it.
  public let profile: ModelProfile
  /// Turns text into its tokens.
  public let tokenizer: Tokenizer
  /// Turns messages into its text.
  public let template: ChatTemplate
  /// The SHA-256 of the template's source.
  public let templateDigest: Digest

  /// Puts a model together.
  public init(
    profile: ModelProfile, tokenizer: Tokenizer, template: ChatTemplate, templateDigest: Digest
  ) {
    self.profile = profile
    self.tokenizer = tokenizer
    self.template = template
    self.templateDigest = templateDigest
  }
}

extension Model {
  /// Loads the model called `name`.
  ///
  /// - Parameter folder: where profiles, templates and vocabularies are; nil looks for it.
  /// - Throws: `CompilationError` if there is no such model, or its files cannot be used.
  public static func named(
    _ name: ByteString, in folder: DataFolder? = nil
  ) throws(CompilationError) -> Model {
    let catalog = try ModelCatalog(in: folder)
    let profile = try profile(named: name, in: catalog)
    let template = try catalog.template(of: profile)
    return Model(
      profile: profile,
      tokenizer: try tokenizer(vocabulary: profile.vocabulary, in: catalog.folder),
      template: template.template, templateDigest: template.digest)
  }

  /// Loads the tokenizer of a model without a template.
  ///
  /// - Parameter name: the name of a vocabulary or an alias of one; or else a folder that holds
  ///   `tokenizer.json`, a `.gguf` file, or `ORG/NAME` in the Hugging Face cache.
  /// - Throws: `CompilationError` if there is no such model, or its files cannot be used.
  public static func tokenizer(
    named name: ByteString, in folder: DataFolder? = nil
  ) throws(CompilationError) -> Tokenizer {
    let catalog = try catalog(in: try folder.orLocated())
    do {
      if catalog.manifest.vocabulary(named: name) == nil,
        let source = try ModelSource.named(name)
      {
        return try tokenizer(of: source, catalog.manifest)
      }
      return try Tokenizer(try catalog.open(name))
    } catch {
      throw CompilationError(file: error.source, message: error.message)
    }
  }

  private static func tokenizer(
    of source: ModelSource, _ manifest: VocabularyManifest
  ) throws(VocabularyError) -> Tokenizer {
    let vocabulary = try ModelVocabulary(cacheFolder: DataFolder.cache, manifest: manifest)
      .open(source)
    do {
      return try Tokenizer(vocabulary)
    } catch {
      // It names the vocabulary, which only its digest is known of.
      throw VocabularyError(source: source.path, message: error.message)
    }
  }

  private static func profile(
    named name: ByteString, in catalog: ModelCatalog
  ) throws(CompilationError) -> ModelProfile {
    if let profile = try catalog.profile(of: name) { return profile }
    if let source = try? ModelSource.named(name) {
      throw CompilationError(
        file: source.path,
        message:
          "prompts for a model from a folder, the Hugging Face cache or a GGUF file: not yet; "
          + "`cpc tokens` takes it")
    }
    throw CompilationError(
      file: "cpc",
      message: "no model is called \"\(name)\": this version knows qwen3")
  }

  private static func tokenizer(
    vocabulary: ByteString, in folder: DataFolder
  ) throws(CompilationError) -> Tokenizer {
    let catalog = try catalog(in: folder)
    do {
      return try Tokenizer(try catalog.open(vocabulary))
    } catch {
      throw CompilationError(file: error.source, message: error.message)
    }
  }

  private static func catalog(
    in folder: DataFolder
  ) throws(CompilationError) -> VocabularyCatalog {
    do {
      return try VocabularyCatalog(
        folder: folder.path + "/tokenizers", cacheFolder: DataFolder.cache)
    } catch {
      throw CompilationError(file: error.source, message: error.message)
    }
  }
}

extension DataFolder? {
  /// The folder itself, or else the one that is found.
  fileprivate func orLocated() throws(CompilationError) -> DataFolder {
    if let self { return self }
    return try .located()
  }
}
