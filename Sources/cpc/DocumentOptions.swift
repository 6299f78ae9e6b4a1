import ArgumentParser
import Bytes
import ContextIndex
import ContextStore
import PromptCompilation

/// The options that say which documents of a body are put in another order.
struct DocumentOptions: ParsableArguments {
  @Option(
    help: """
      Put the documents in the texts in the order in which most is believed to be cached. How they are told \
      from the text around them: \(DocumentSettings.Mode.names).
      """)
  var documents: DocumentSettings.Mode?

  @Option(help: "In which texts there are documents: \(DocumentSettings.Scope.names).")
  var documentScope: DocumentSettings.Scope = .all

  @Option(
    help: ArgumentHelp(
      "The name of the elements that are documents, in place of the usual ones.",
      valueName: "name"))
  var documentTag: String?

  @Option(
    help: ArgumentHelp(
      "The line that parts documents; --- or === if not given.", valueName: "line"))
  var documentSeparator: String?

  @Flag(help: "Add a line that names the most important documents where they change places.")
  var annotateDocuments = false

  @Option(
    help: ArgumentHelp(
      """
      With --documents: the index of what was sent before, in which what is written is recorded. A file that \
      is made if it is not there; without the option CPC_INDEX.
      """, valueName: "file"))
  var index: String?

  @OptionGroup var cache: CacheModelOption

  /// The order of documents that is asked for; nil if none is.
  ///
  /// - Parameter model: the model; nil if none is named.
  func run(_ model: LocatedModel?, tenant: ByteString) throws -> DedupDocuments? {
    guard let documents else {
      guard documentTag == nil, documentSeparator == nil, !annotateDocuments, index == nil,
        cache.cacheModel == nil
      else {
        throw ValidationError("options of documents need --documents, such as --documents auto")
      }
      return nil
    }
    let settings = DocumentSettings(
      mode: documents, tag: documentTag.map { ByteString($0) },
      separator: documentSeparator.map { ByteString($0) }, scope: documentScope,
      annotates: annotateDocuments)
    var store: ContextStore?
    if let path = index ?? Environment.value("CPC_INDEX") {
      guard let model else {
        throw ValidationError("--index is of a model: give --model qwen3")
      }
      let file = try ContextStore(path: path)
      if let obstacle = file.obstacle { PromptMemory.warn(obstacle) }
      try file.load(IndexKey(tenant: tenant, model: model.profile.name))
      store = file
    }
    let rewriter = try DocumentRewriter(
      settings, index: store?.index ?? ContextIndex(), model: model?.profile.name,
      cacheModel: cache.cacheModel ?? model?.profile.cacheModel ?? .radix,
      estimate: try TokenEstimate(try model?.tokenizer()))
    return DedupDocuments(rewriter: rewriter, store: store, tenant: tenant)
  }
}

/// Puts the documents of bodies in order, one body after another.
struct DedupDocuments {
  private var rewriter: DocumentRewriter
  private let store: ContextStore?
  private let tenant: ByteString

  init(rewriter: DocumentRewriter, store: ContextStore?, tenant: ByteString) {
    self.rewriter = rewriter
    self.store = store
    self.tenant = tenant
  }

  /// Rewrites a body.
  mutating func rewrite(_ source: SourceText) throws(CompilationError) -> RewrittenBody {
    try rewriter.rewrite(source, tenant: tenant, at: WallClock.milliseconds)
  }

  /// Writes down what was sent. The bodies are of use without that: if it fails there is a warning.
  func save() {
    guard let store, store.obstacle == nil else { return }
    do {
      try store.save()
    } catch {
      PromptMemory.warn(error)
    }
  }
}
