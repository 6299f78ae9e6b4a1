internal import OrderedJSON

/// How a prompt ends.
public enum PromptEnding: Hashable, Sendable {
  /// With the start of the assistant's message, which the model is to write.
  case generationPrompt
  /// With the end of the last message.
  case lastMessage
  /// In the last message, which is the assistant's and which the model is to go on with.
  case openMessage
}

extension PromptEnding {
  /// The members of a request that ask an engine for it; none for what engines do anyway.
  var members: [JSONMember] {
    switch self {
    case .generationPrompt: []
    case .lastMessage: [JSONMember("add_generation_prompt", JSONNode(.bool(false)))]
    case .openMessage:
      [
        JSONMember("add_generation_prompt", JSONNode(.bool(false))),
        JSONMember("continue_final_message", JSONNode(.bool(true))),
      ]
    }
  }

  /// Checks that the conversation of a spec can have this ending, and that its blocks have a message to
  /// stand in.
  ///
  /// - Throws: `CompilationError` with the place of the message.
  func check(_ spec: Spec) throws(CompilationError) {
    func fault(_ offset: Int, _ message: String) -> CompilationError {
      CompilationError([spec.diagnostic(at: offset, message)])
    }
    var conversation = spec.conversation[...]
    if self == .openMessage {
      guard spec.query == nil, let last = conversation.popLast(), last.role == "assistant" else {
        throw fault(
          spec.query?.offset ?? spec.conversation.last?.offset ?? 0,
          "there is no message to continue: the conversation must end with the assistant's, and there "
            + "must be no query")
      }
    }
    guard spec.query == nil, let last = conversation.last else { return }
    if self == .generationPrompt, last.role != "user", last.role != "tool" {
      throw fault(
        last.offset,
        "the conversation ends with \"\(last.role)\" and there is no query: nothing is left to answer"
      )
    }
    if last.role != "user", !spec.blocks.isEmpty {
      throw fault(
        last.offset, "blocks go into the current user message: give a \"query\" too")
    }
  }
}
