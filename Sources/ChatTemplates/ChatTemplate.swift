public import Bytes
package import OrderedJSON

/// A compiled chat template: Jinja text that turns a conversation into a prompt.
///
/// Compiling happens once; a compiled template can render many requests, from many tasks.
///
/// ```swift
/// let template = try ChatTemplate(source: source, name: "qwen3.jinja")
/// let prompt = try template.render(
///   TemplateRequest(
///     messages: [JSONNode(.object(["role": .string("user"), "content": .string("Hi")]))],
///     addGenerationPrompt: true))
/// // <|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n
/// // with the span of messages[0].content
/// ```
///
/// The semantics are those of jinja2 as the Python library transformers sets it up for chat
/// templates. A template cannot hang or crash: what would exceed the limits is an error.
public struct ChatTemplate: Sendable {
  let tree: SyntaxTree
  private let limits: RenderLimits
  /// Whether the template can tell the time: its text names `strftime_now`.
  package let mentionsClock: Bool

  /// Compiles a template.
  ///
  /// - Parameters:
  ///   - source: the Jinja text.
  ///   - name: how messages call the template, such as `qwen3.jinja`.
  ///   - limits: how much work rendering may be.
  /// - Throws: `TemplateError` if the text is not Jinja or uses what chat templates do not have.
  /// - Complexity: linear.
  public init(
    source: ByteString, name: String, limits: RenderLimits = RenderLimits()
  ) throws(TemplateError) {
    tree = try Parser.parse(TemplateSource(source, name: name))
    mentionsClock = Text(source.bytes).firstOffset(of: Array("strftime_now".utf8)) != nil
    self.limits = limits
  }

  /// Renders a request.
  ///
  /// - Throws: `TemplateError`; of kind `raised` with the template's own message where it refuses
  ///   the request.
  public func render(_ request: TemplateRequest) throws(TemplateError) -> RenderedPrompt {
    guard !request.messages.isEmpty else {
      throw tree.source.error(.runtime, "the conversation has no messages", at: 0)
    }
    guard let name = request.continuedMember else {
      return try render(request, messages: request.messages)
    }
    guard !request.addGenerationPrompt else {
      throw tree.source.error(
        .runtime,
        "a prompt that continues the last message has no generation prompt: ask for one of the two",
        at: 0)
    }
    let continued = try ContinuedMessage(name, of: request.messages, for: tree.source)
    return try render(request, messages: continued.messages, cutting: continued)
  }

  private func render(
    _ request: TemplateRequest, messages: [JSONNode], cutting continued: ContinuedMessage? = nil
  ) throws(TemplateError) -> RenderedPrompt {
    var builder = ContextBuilder()
    builder.add(specialTokens: request.specialTokens)
    builder.add(messages: messages)
    builder.add("tools", request.tools ?? JSONNode(.null), path: "tools")
    builder.add("documents", request.documents ?? JSONNode(.null), path: "documents")
    builder.add("add_generation_prompt", .boolean(request.addGenerationPrompt))
    for member in request.keywordArguments {
      let path = ByteString("keyword_arguments.".utf8 + member.key.bytes)
      builder.add(member.key, member.node, path: path)
    }
    return try render(builder, clock: request.clock, cutting: continued)
  }

  /// Renders with the members of an object as the variables, and nothing else.
  package func render(
    context: [JSONMember], clock: TemplateClock = .epoch
  ) throws(TemplateError) -> RenderedPrompt {
    var builder = ContextBuilder()
    for member in context { builder.add(member.key, member.node, path: member.key) }
    return try render(builder, clock: clock)
  }

  private func render(
    _ builder: ContextBuilder, clock: TemplateClock, cutting continued: ContinuedMessage? = nil
  ) throws(TemplateError) -> RenderedPrompt {
    if let fault = builder.fault {
      throw tree.source.error(.limit, "the request has \(fault)", at: 0)
    }
    let interpreter = Interpreter(
      tree, context: builder.entries, requestBytes: builder.byteCount, clock: clock, limits: limits)
    let text = try interpreter.render()
    return RenderedPrompt(try continued?.cut(text) ?? text, sources: builder.sources)
  }
}
