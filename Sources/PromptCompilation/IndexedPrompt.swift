internal import Bytes
internal import ChatTemplates
internal import ContextIndex
internal import OrderedJSON

/// A prompt as an index of what is cached sees it: whose it is, what it begins with, and its blocks.
///
/// The blocks that are pinned first belong to the beginning.
struct IndexedPrompt {
  private let prompt: PromptRepresentation
  let key: IndexKey
  /// What stands before the blocks; its tokens are estimated from its length until the prompt is rendered.
  let head: IndexedBlock

  init(_ prompt: PromptRepresentation, in context: PassContext) {
    self.prompt = prompt
    key = Self.key(of: prompt.spec, in: context)
    head = Self.head(of: prompt, in: context)
  }

  /// Whose cache a spec's prompt meets.
  static func key(of spec: Spec, in context: PassContext) -> IndexKey {
    IndexKey(tenant: spec.tenant ?? "", model: context.model.profile.name)
  }

  /// The question to an index how to lay out blocks.
  ///
  /// - Parameter blocks: most important first.
  func request(_ blocks: [ContextBlock]) -> ContextRequest {
    ContextRequest(
      key: key, head: head,
      // An index counts with the tokens that were recorded.
      blocks: blocks.map { IndexedBlock($0.fingerprint, tokens: 0) })
  }

  /// Records a prompt whose blocks are in order.
  func record(
    in index: ContextIndex, _ context: PassContext
  ) throws(CompilationError) -> SentRequest {
    let shown = prompt.blocks.filter { $0.referent == nil }
    let body = shown.filter { $0.pin != .first }
    var request = request(body)
    if let tokens = headTokens { request.head.tokens = tokens }
    for (place, block) in body.enumerated() {
      request.blocks[place].tokens = UInt32(try context.tokenCount(of: block))
    }
    let sent = index.record(request, order: Array(request.blocks.indices), at: context.time)
    for block in shown {
      index.record(label: block.label, of: block.contentFingerprint, for: key)
    }
    return sent
  }

  /// The tokens before the blocks that are not pinned first; nil as long as the prompt is not rendered.
  var headTokens: UInt32? {
    guard let sections = prompt.seal?.sections else { return nil }
    let pinned = prompt.blocks.count { $0.referent == nil && $0.pin == .first }
    let first = sections.filter { $0.kind == .block }.dropFirst(pinned).first
    let end = first ?? sections.first { [.reference, .annotation, .query].contains($0.kind) }
    return end.map { UInt32(clamping: $0.tokens.start) }
  }

  /// About as many bytes of text have one token.
  private static let bytesPerToken = 4

  /// All that the text before the blocks is made of, as one block.
  private static func head(
    of prompt: PromptRepresentation, in context: PassContext
  ) -> IndexedBlock {
    let spec = prompt.spec
    let arguments = TemplateArguments(spec, context.rendering, of: context.model.profile)
    let isOpen = prompt.ending == .openMessage
    // What is folded follows from what is not, which is known before.
    let conversation = prompt.unfoldedConversation ?? prompt.conversation
    let turns = conversation.dropLast(isOpen ? 1 : 0).map { message in
      PromptMessage(
        role: message.role, content: message.content, members: message.members,
        origin: .current
      ).requestJSON
    }
    let template = context.model.templates.template(hasTools: spec.hasTools)
    let pinned = prompt.blocks.filter { $0.referent == nil && $0.pin == .first }
    let fixed: [JSONValue] = [
      .string(context.model.profile.name), .string(ByteString(template.digest.hexadecimal)),
      .string(ByteString(arguments.clock.description)), .object(arguments.members),
    ]
    let texts: [JSONValue] = [
      prompt.system.map(\.json) ?? .null, spec.tools?.value ?? .null, .array(of: turns),
      .array(of: pinned.map { .string(ByteString($0.frame.bytes)) }),
    ]
    let text = JSONWriter.write(.array(of: texts))
    return IndexedBlock(
      BlockFingerprint(of: JSONWriter.write(.array(of: fixed)) + text),
      tokens: UInt32(clamping: text.count / bytesPerToken))
  }
}
