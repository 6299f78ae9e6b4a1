internal import Bytes
internal import ChatTemplates
internal import OrderedJSON

/// Puts the messages together and renders the model's chat template over them.
struct RenderPass: Pass {
  let name = PassName.render

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    func warn(_ message: String) {
      prompt.warnings.append(Diagnostic(.warning, file: prompt.spec.name, message: message))
    }
    let profile = context.model.profile
    var arguments = TemplateArguments(prompt.spec, context.rendering, of: profile)
    let slot = BlockSlot(prompt, arguments, of: context.model, warn: warn)
    prompt.messages = Self.messages(of: prompt, slot)
    var request = TemplateRequest(
      messages: prompt.messages.map { JSONNode($0.templateJSON) }, tools: prompt.spec.tools,
      addGenerationPrompt: prompt.ending == .generationPrompt,
      continuedMember: prompt.ending == .openMessage ? "content" : nil,
      keywordArguments: arguments.members, specialTokens: profile.specialTokens,
      clock: arguments.clock)
    let template = context.model.templates.template(hasTools: prompt.spec.hasTools).template
    let rendered: RenderedPrompt
    do {
      rendered = try template.render(request)
    } catch {
      throw CompilationError(
        file: prompt.spec.name, message: "the chat template refuses it: \(error)")
    }
    prompt.rendered = rendered
    if ClockUse.prints(template, request, rendered) {
      if context.rendering.clock == nil, profile.clock == nil { warn(ClockUse.unchosen) }
      if !arguments.pinTime(in: template, request, rendered, of: profile) {
        prompt.printedClock = request.clock
        warn(ClockUse.reason(request.clock))
      }
    }
    prompt.templateArguments = arguments.members
    prompt.notes += arguments.notes
    request.keywordArguments = arguments.members
    prompt.request = request
    prompt.anchors = try Self.anchors(in: rendered, of: prompt)
    return prompt
  }

  private static func messages(
    of prompt: PromptRepresentation, _ slot: BlockSlot
  ) -> [PromptMessage] {
    var messages: [PromptMessage] = []
    if let system = prompt.system {
      messages.append(
        PromptMessage(role: "system", content: system, members: [], origin: .system))
    }
    for (index, message) in prompt.conversation.enumerated() {
      let isOpen = prompt.ending == .openMessage && index == prompt.conversation.count - 1
      let turn = isOpen ? prompt.spec.conversation.count - 1 : index
      var content = message.content
      var parts: [ComposedMessage.Part] = []
      if slot == .earlier(index) {
        let composed = ComposedMessage(
          blocks: prompt.blocks, annotation: nil, text: content, turn: turn)
        content = composed?.content
        parts = composed?.parts ?? []
      }
      let recalled = prompt.recall?.turns[index]
      messages.append(
        PromptMessage(
          role: message.role, content: content, members: message.members,
          origin: .conversation(turn), isRecalled: recalled != nil,
          parts: recalled?.messageParts ?? parts))
    }
    // The annotation is about this question: it stands with it wherever the blocks are.
    let current = ComposedMessage(
      blocks: slot == .current ? prompt.blocks : [], annotation: prompt.annotation,
      text: prompt.query)
    guard let current else { return messages }
    let message = PromptMessage(
      role: "user", content: current.content, members: prompt.queryMembers, origin: .current,
      parts: current.parts)
    // The answer that has begun stands behind what it answers.
    messages.insert(
      message, at: messages.endIndex - (prompt.ending == .openMessage ? 1 : 0))
    return messages
  }

  /// Where the parts of the spec stand in the text, in the order of the text.
  private static func anchors(
    in rendered: RenderedPrompt, of prompt: PromptRepresentation
  ) throws(CompilationError) -> [SectionAnchor] {
    let sources = RenderedSources(rendered)
    var anchors: [SectionAnchor] = []
    if let range = sources.tools {
      anchors.append(SectionAnchor(.tools, bytes: range))
    }
    for (index, message) in prompt.messages.enumerated() {
      if message.isRecalled, let own = Self.anchors(ofRecalled: message, at: index, in: sources) {
        anchors += own
        continue
      }
      guard message.parts.isEmpty || message.isRecalled else {
        anchors += try Self.anchors(ofPartsOf: message, at: index, in: sources, prompt)
        continue
      }
      guard let range = sources.message(index) else {
        try requireNothingToSay(message, of: prompt)
        continue
      }
      switch message.origin {
      case .system: anchors.append(SectionAnchor(.system, bytes: range))
      case .conversation(let turn):
        anchors.append(SectionAnchor(.turn, label: ByteString(String(turn)), bytes: range))
      case .current: break
      }
    }
    let sorted = anchors.sorted { $0.bytes.start < $1.bytes.start }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.bytes.end > right.bytes.start {
      throw CompilationError(
        file: prompt.spec.name,
        message: "the chat template mixes the \(left.kind) with the \(right.kind)")
    }
    return sorted
  }

  /// Where the parts of a message that was put together stand.
  private static func anchors(
    ofPartsOf message: PromptMessage, at index: Int, in sources: RenderedSources,
    _ prompt: PromptRepresentation
  ) throws(CompilationError) -> [SectionAnchor] {
    let spans = sources.verbatimSpans(ofStringAt: ByteString("messages[\(index)].content"))
    var anchors: [SectionAnchor] = []
    anchors.reserveCapacity(message.parts.count)
    for part in message.parts {
      if part.kind == .turn, let start = spans.position(of: part.range.start),
        let end = sources.message(index)?.end, start <= end
      {
        // Of what was said earlier the template may leave something out.
        let range = ByteRange(start, end)
        anchors.append(SectionAnchor(.turn, label: part.label, bytes: range))
      } else {
        anchors.append(try anchor(of: part, in: spans, prompt))
      }
    }
    return anchors
  }

  /// Where the blocks of a message that stands as it was sent are, and what stands behind them; nil where there
  /// are none, or the template prints it otherwise than it was.
  private static func anchors(
    ofRecalled message: PromptMessage, at index: Int, in sources: RenderedSources
  ) -> [SectionAnchor]? {
    guard case .conversation(let turn) = message.origin,
      let end = sources.message(index)?.end
    else { return nil }
    let spans = sources.verbatimSpans(ofStringAt: ByteString("messages[\(index)].content"))
    var anchors: [SectionAnchor] = []
    for part in message.parts.prefix(while: { $0.kind == .block }) {
      guard let start = spans.position(of: part.range.start),
        let stop = spans.position(of: part.range.end), stop - start == part.range.count
      else { return nil }
      anchors.append(
        SectionAnchor(
          .earlierBlock, label: part.label, bytes: ByteRange(start, stop),
          content: part.content.shifted(by: start - part.range.start)))
    }
    guard let last = anchors.last, last.bytes.end <= end else { return nil }
    let rest = ByteRange(last.bytes.end, end)
    return anchors + [SectionAnchor(.turn, label: ByteString(String(turn)), bytes: rest)]
  }

  /// A message of which the template prints nothing must have no content: nothing of the user's
  /// disappears. What an assistant thought may be dropped.
  private static func requireNothingToSay(
    _ message: PromptMessage, of prompt: PromptRepresentation
  ) throws(CompilationError) {
    guard let content = message.content, !content.text.isEmpty, message.role != "assistant" else {
      return
    }
    throw CompilationError([
      prompt.spec.diagnostic(
        at: content.offset,
        "the chat template prints nothing of this message of the role \"\(message.role)\"")
    ])
  }

  private static func anchor(
    of part: ComposedMessage.Part, in spans: [RenderedSpan], _ prompt: PromptRepresentation
  ) throws(CompilationError) -> SectionAnchor {
    guard let start = spans.position(of: part.range.start),
      let end = spans.position(of: part.range.end),
      end - start == part.range.count
    else {
      throw CompilationError(
        file: prompt.spec.name,
        message: "the chat template does not print the \(part.kind) of the user message unchanged")
    }
    return SectionAnchor(
      part.kind, label: part.label, bytes: ByteRange(start, end),
      content: part.content.shifted(by: start - part.range.start))
  }
}

extension PromptMessage {
  /// The message as the template gets it: the content is one string, empty where there is none, and
  /// the arguments of tool calls are objects, as engines give them to a template.
  var templateJSON: JSONValue {
    json(content: .string(content?.text ?? "")) { ToolCallArguments.parsed($0) }
  }

  /// The message as the request carries it: the arguments of tool calls are strings.
  var requestJSON: JSONValue {
    guard let content, !content.isText else {
      return json(content: .string(content?.text ?? "")) { ToolCallArguments.spelled($0) }
    }
    return json(content: content.json) { ToolCallArguments.spelled($0) }
  }

  private func json(
    content: JSONValue, toolCalls: (JSONNode) -> JSONNode
  ) -> JSONValue {
    let own = [
      JSONMember("role", JSONNode(.string(role))), JSONMember("content", JSONNode(content)),
    ]
    return .object(
      own
        + members.map { member in
          member.key == "tool_calls"
            ? JSONMember(member.key, toolCalls(member.node), keyOffset: member.keyOffset) : member
        })
  }
}

extension Content {
  /// The content as an array of parts.
  var json: JSONValue {
    .array(
      parts.map { part in
        switch part {
        case .text(let text):
          JSONNode(.object(["type": .string("text"), "text": .string(text)]))
        case .other(let node): node
        }
      })
  }
}
