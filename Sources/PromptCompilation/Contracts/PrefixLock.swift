public import Bytes

/// What is to stay the same of the prompts of a repository: the heads of its specs, for each model.
///
/// It is kept in a file, `cpc.lock`, and compared with what the specs give now:
/// ```swift
/// var lock = PrefixLock()
/// lock.add(head, ofSpec: "prompts/a.json")
/// try Files.writeAtomically(lock.json, to: "cpc.lock")
/// ```
public struct PrefixLock: Sendable {
  /// The version of the file's format.
  public static let schemaVersion = 1
  /// The most bytes of a head's text that a lock keeps; of what is behind it only digests.
  public static let textLimit = 16 << 10

  /// The models, in the order of their names.
  public internal(set) var models: [LockedModel] = []
  /// The heads, in the order of their specs' paths, then of the models' names.
  public internal(set) var heads: [LockedHead] = []

  /// Makes an empty lock.
  public init() {}
}

/// What a lock says of a model.
public struct LockedModel: Sendable {
  /// The model's name, as it was asked for.
  public var name: ByteString
  /// The name of the vocabulary.
  public var vocabulary: ByteString
  /// The digest of the compiled vocabulary.
  public var vocabularyDigest: Digest
  /// The chat templates that its prompts are rendered with, in the order of their names.
  public internal(set) var templates: [LockedTemplate]
}

/// What a lock says of a chat template.
public struct LockedTemplate: Sendable {
  /// The name.
  public var name: ByteString
  /// The SHA-256 of its source.
  public var digest: Digest
  var lines: LineDigests
}

/// What a lock says of the head of a spec for a model.
public struct LockedHead: Sendable {
  /// The path of the spec from the lock's folder, with forward slashes.
  public var spec: ByteString
  /// The model's name.
  public var model: ByteString
  /// The name of the chat template.
  public var template: ByteString
  /// The number of tokens that all requests share.
  public var tokenCount: Int
  /// The sections in order.
  public var sections: [HeadSection]
  /// Whole lines from the beginning of the text.
  var text: [UInt8]
  /// The digests of the lines behind them.
  var rest: LineDigests
}

extension PrefixLock {
  /// Adds a head, in place of one of the same spec and model.
  ///
  /// - Parameters:
  ///   - path: the spec's path from the lock's folder, with forward slashes.
  ///   - name: what the model is called; its own name if nil.
  public mutating func add(
    _ head: PromptHead, ofSpec path: ByteString, modelName name: ByteString? = nil
  ) {
    let locked = LockedHead(head, spec: path, model: name ?? head.model)
    heads.removeAll { $0.spec == path && $0.model == locked.model }
    heads.append(locked)
    heads.sort { ($0.spec, $0.model) < ($1.spec, $1.model) }
    let template = LockedTemplate(
      name: locked.template, digest: head.template.digest,
      lines: LineDigests(of: head.template.source))
    var model =
      models.first { $0.name == locked.model }
      ?? LockedModel(
        name: locked.model, vocabulary: head.vocabulary, vocabularyDigest: head.vocabularyDigest,
        templates: [])
    model.vocabulary = head.vocabulary
    model.vocabularyDigest = head.vocabularyDigest
    model.templates.removeAll { $0.name == template.name }
    model.templates.append(template)
    model.templates.sort { $0.name < $1.name }
    models.removeAll { $0.name == model.name }
    models.append(model)
    models.sort { $0.name < $1.name }
  }

  /// The model called `name`; nil if the lock has none.
  public func model(named name: ByteString) -> LockedModel? {
    models.first { $0.name == name }
  }
}

extension LockedHead {
  init(_ head: PromptHead, spec: ByteString, model: ByteString) {
    self.spec = spec
    self.model = model
    template = ByteString(head.template.name)
    tokenCount = head.tokens.count
    sections = head.sections
    var kept = 0
    for line in LineDigests.lines(of: head.text) {
      guard kept + line.count <= PrefixLock.textLimit else { break }
      kept += line.count
    }
    text = Array(head.text[..<kept])
    rest = LineDigests(of: head.text[kept...])
  }
}
