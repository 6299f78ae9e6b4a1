internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// A body as the engine's chat template gets it.
struct PlainBody {
  /// The JSON without the blocks that a request names. While observing they are passed on as no part of the prompt.
  let root: JSONNode
  /// Its messages as a conversation.
  let spec: Spec
  /// Whether it names blocks.
  let hasBlocks: Bool

  /// Reads a body.
  ///
  /// - Throws: `JSONSyntaxError`, `CompilationError`.
  init(_ body: [UInt8]) throws {
    var root = try JSONParser.parse(body, loneSurrogates: .replaced)
    hasBlocks = root[ExplicitBlocks.key] != nil
    root.value = .object((root.members ?? []).filter { $0.key != ExplicitBlocks.key })
    self.root = root
    let node = OpenAIRequestLine.spec(ChatBody.node(root))
    var spec = try Spec(json: node, source: SourceText(name: "request", bytes: body))
    // What is passed on is what the engine reads.
    spec.policy.controlTokens = .keep
    self.spec = spec
  }
}
