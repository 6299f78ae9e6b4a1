public import Bytes
internal import Deduplication
public import OrderedJSON

/// The texts that a compiled prompt stands for: references are what they refer to, in full.
public struct ExpandedPrompt: Sendable {
  /// A block of the spec.
  public struct Block: Sendable {
    /// The label that the prompt shows.
    public var label: ByteString
    /// The places in the spec's list that have this text, from 0.
    public var indices: [Int]
    /// The whole text.
    public var text: ByteString
  }

  /// The result of a tool.
  public struct ToolResult: Sendable {
    /// The place of the message in the conversation, from 0.
    public var turn: Int
    /// Its texts in full.
    public var texts: [ByteString]
  }

  /// The blocks, in the order of the spec's list.
  public var blocks: [Block]
  /// The results of tools, in the order of the conversation.
  public var toolResults: [ToolResult]

  /// Reads a compiled prompt as `--format json` writes it, and takes all references back.
  ///
  /// - Parameter source: where `json` comes from, for the places of faults.
  /// - Throws: `CompilationError` if it is no such thing, or a reference in it points to nothing.
  public init(json: JSONNode, source: SourceText) throws(CompilationError) {
    var reader = ExpansionReader(source: source)
    try reader.read(json)
    blocks = reader.blocks
    toolResults = reader.toolResults
  }

  /// Where a prompt and the spec that it was compiled from differ, for people; none where the prompt
  /// stands for all that the spec has.
  ///
  /// - Throws: `CompilationError` if the spec cannot be compiled.
  public func differences(
    from spec: Spec, compiledBy compiler: PromptCompiler
  ) throws(CompilationError) -> [String] {
    let normalized = try compiler.normalizedTexts(of: spec)
    var differences: [String] = []
    var texts = [ByteString?](repeating: nil, count: normalized.blocks.count)
    for block in blocks {
      for index in block.indices where texts.indices.contains(index) { texts[index] = block.text }
    }
    for (index, text) in normalized.blocks.enumerated() where texts[index] != text {
      let problem = texts[index] == nil ? "is not in the prompt" : "has another text in the prompt"
      differences.append("blocks[\(index)] \(problem)")
    }
    for (turn, message) in normalized.conversation.enumerated()
    where TextOwner.Speaker(role: message.role) == .tool {
      let result = toolResults.first { $0.turn == turn }
      let content = (message.content ?? Content(text: "")).joined
      if result?.texts ?? [] != content.texts {
        differences.append("conversation[\(turn)] has another text in the prompt")
      }
    }
    return differences
  }
}

extension PromptCompiler {
  /// The texts of a spec as they are compared, before anything is left out: its files read, its variables
  /// put in, in the normal form of its policy.
  func normalizedTexts(
    of spec: Spec
  ) throws(CompilationError) -> (blocks: [ByteString], conversation: [Message]) {
    var compilation = try start(spec)
    try advance(&compilation, through: [ResolvePass(), NormalizePass()], passContext())
    let prompt = compilation.prompt
    var texts = [ByteString](repeating: "", count: spec.blocks.count)
    for block in prompt.blocks { texts[block.index] = block.text }
    return (texts, prompt.conversation)
  }
}
