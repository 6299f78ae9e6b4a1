import Bytes
import ContextIndex
import ContextStore
import PromptCompilation

/// The state of a spec's conversation in the file of an index.
struct ConversationMemory {
  /// What was sent, and behind the compilation what is.
  var state: ConversationState?
  private let store: ContextStore
  private let key: ConversationState.Key
  private let indexKey: IndexKey

  /// Reads the state. One that cannot be read is as good as none, with a warning: what was sent is shown again.
  init(_ key: ConversationState.Key, in store: ContextStore) throws(ContextStoreError) {
    self.key = key
    self.store = store
    indexKey = IndexKey(tenant: key.tenant, model: key.model)
    let stored = try store.conversation(
      key.conversation, of: indexKey, at: WallClock.milliseconds)
    guard let stored else { return }
    do {
      state = try ConversationState(bytes: stored, for: key)
    } catch {
      Self.warn(store.path, "conversation \"\(key.conversation)\": \(error); it begins anew")
    }
  }

  /// Stores the state. A prompt is of use without that: if it fails there is a warning.
  func save() {
    guard store.obstacle == nil, let state else { return }
    do {
      try store.save(
        state.bytes, turns: state.turns.count, ofConversation: key.conversation, of: indexKey,
        at: WallClock.milliseconds)
    } catch {
      Self.warn(error.path, error.reason)
    }
  }

  /// Says how a prompt goes on from the one before.
  static func explanation(of prompt: CompiledPrompt) -> String? {
    guard let continued = prompt.continued else { return nil }
    guard continued.turns > 0 else { return "conversation: no earlier turn is known" }
    let turns =
      continued.turns == 1 ? "1 earlier turn stands" : "\(continued.turns) earlier turns stand"
    return switch continued.tokens {
    case nil: "conversation: \(turns) as sent"
    case 0?: "conversation: \(turns) as sent, but the prompt begins otherwise than before"
    case let tokens?:
      "conversation: \(turns) as sent, the first \(tokens) of \(prompt.tokens.count) tokens "
        + "were sent before"
    }
  }

  private static func warn(_ path: String, _ message: String) {
    Terminal.printError(Diagnostic(.warning, file: path, message: message).description)
  }
}
