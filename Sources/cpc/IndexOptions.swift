import ArgumentParser
import Bytes
import ContextIndex
import ContextStore
import PromptCompilation

/// The option that names an index.
struct IndexOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The index of what was sent before: the blocks are laid out so that it is used, and what is compiled is \
      recorded. A file that is made if it is not there; without the option CPC_INDEX.
      """, valueName: "file"))
  var index: String?

  /// The file that is named; nil if none is.
  var path: String? { index ?? Environment.value("CPC_INDEX") }

  /// The index for a spec's prompt; nil if none is named.
  func memory(of spec: Spec, for model: Model) throws(ContextStoreError) -> PromptMemory? {
    guard let path else { return nil }
    return try PromptMemory(
      path: path, key: IndexKey(tenant: spec.tenant ?? "", model: model.profile.name))
  }
}

/// The index in a file, for one prompt.
struct PromptMemory {
  let store: ContextStore
  private let key: IndexKey

  /// Opens the file.
  init(path: String, key: IndexKey) throws(ContextStoreError) {
    self.key = key
    store = try ContextStore(path: path)
    if let obstacle = store.obstacle { Self.warn(obstacle) }
  }

  /// Reads what the file knows that matters for a spec's prompt.
  func load(
    _ spec: Spec, _ state: ConversationState?, with compiler: PromptCompiler
  ) throws {
    try store.load(labels: try compiler.contents(of: spec), of: key) {
      try compiler.contextRequest(of: spec, state: state)
    }
  }

  /// Says how much of a prompt that was compiled was believed to be cached and can be reused.
  func explanation(of prompt: CompiledPrompt, for cacheModel: CacheModel) -> String {
    guard let sent = store.unsaved.last, sent.isHeadCached else {
      return "index: nothing of it is believed to be cached"
    }
    let blocks = prompt.seal.sections.filter { $0.kind == .block }
    let count = sent.cachedBlocks
    // Blocks that are pinned first are a part of the beginning.
    let first = blocks.count - sent.request.blocks.count
    guard count > 0, blocks.indices.contains(first + count - 1) else {
      return "index: the beginning is believed to be cached, and no block"
    }
    let end = cacheModel.reusableTokens(blocks[first + count - 1].tokens.end)
    return "index: the first \(end) of \(prompt.tokens.count) tokens are believed to be cached "
      + "(\(cacheModel)), \(count) of \(sent.request.blocks.count) blocks"
  }

  /// Writes down what was sent. A prompt is of use without that: if it fails there is a warning.
  func save(_ prompt: CompiledPrompt) {
    guard store.obstacle == nil else { return }
    store.noteLabels(of: prompt, for: key)
    do {
      try store.save()
    } catch {
      Self.warn(error)
    }
  }

  /// Says on standard error what is wrong with the file.
  static func warn(_ error: ContextStoreError) {
    Terminal.printError(
      Diagnostic(.warning, file: error.path, message: error.reason).description)
  }
}
