import Bytes
import ContextIndex
import ContextStore
import PromptCompilation

/// The index in a file, for the prompts of a batch: what is known of their tenants is read before they are
/// laid out, and what was written is recorded.
final class BatchMemory {
  let store: ContextStore
  private let model: ByteString
  private var loaded: Set<ByteString> = []
  private var unsavedCount = 0

  /// Prompts are written down so many at a time.
  private static let saveInterval = 256

  /// Opens the file.
  ///
  /// - Parameter model: the model as its profile names it.
  init(path: String, model: ByteString) throws(ContextStoreError) {
    self.model = model
    store = try ContextStore(path: path)
    if let obstacle = store.obstacle { PromptMemory.warn(obstacle) }
  }

  /// Reads what is known of requests like a spec's.
  func load(_ spec: Spec) throws(ContextStoreError) {
    let tenant = spec.tenant ?? ""
    guard loaded.insert(tenant).inserted else { return }
    try store.load(IndexKey(tenant: tenant, model: model))
  }

  /// Notes a prompt that was written.
  func note(_ prompt: CompiledPrompt) {
    guard store.obstacle == nil else { return }
    store.noteLabels(of: prompt, for: IndexKey(tenant: prompt.tenant, model: model))
    unsavedCount += 1
    if unsavedCount >= Self.saveInterval { save() }
  }

  /// Writes down what was sent. The prompts are of use without that: if it fails there is a warning.
  func save() {
    guard store.obstacle == nil else { return }
    unsavedCount = 0
    do {
      try store.save()
    } catch {
      PromptMemory.warn(error)
    }
  }
}

extension ContextStore {
  /// Notes under which labels a prompt shows its blocks.
  func noteLabels(of prompt: CompiledPrompt, for key: IndexKey) {
    for section in prompt.seal.sections where section.kind == .block {
      guard let label = section.label else { continue }
      note(label: label, of: BlockFingerprint(of: Array(prompt.text(of: section))), for: key)
    }
  }
}
