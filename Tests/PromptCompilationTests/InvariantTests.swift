import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing
import TextProcessing

/// What must always hold, over random specs.
@Suite struct InvariantTests {
  /// Each section's tokens decode to its text, and all tokens are those of the text.
  @Test func exact() throws {
    let tokenizer = try Qwen3.model.get().tokenizer
    try forEachRandomSpec(seed: 30) { spec in
      let prompt = try Qwen3.compile(spec)
      #expect(prompt.tokens == (try tokenizer.encode(prompt.text)))
      var end = 0
      for section in prompt.seal.sections {
        #expect(section.tokens.start == end)
        #expect(section.stableEnd <= section.tokens.end)
        // The tokenizer itself normalises what the assistant said.
        let text = try Normalizer.normalized(
          Array(prompt.text(of: section)), tables: .unicode9)
        #expect(try tokenizer.decode(prompt.tokens(of: section)) == text)
        end = section.tokens.end
      }
      #expect(end == prompt.tokens.count)
    }
  }

  /// A compiler that has seen the blocks before gives what a new one gives.
  @Test func independentOfWhatWasCompiledBefore() throws {
    let model = try Qwen3.model.get()
    let used = PromptCompiler(model: model)
    try forEachRandomSpec(seed: 33) { spec in
      let expected = try PromptCompiler(model: model).compile(spec)
      for _ in 0..<2 {
        let prompt = try used.compile(spec)
        #expect(prompt.tokens == expected.tokens)
        #expect(prompt.seal.sections.map(\.prefix) == expected.seal.sections.map(\.prefix))
      }
    }
  }

  /// Behind each section the chain is SHA-256 over the tokens since the one before.
  @Test func chained() throws {
    try forEachRandomSpec(seed: 31) { spec in
      let prompt = try Qwen3.compile(spec)
      var prefix = Digest.zero
      var start = 0
      for section in prompt.seal.sections {
        prefix = Digest(chaining: prefix, tokens: prompt.tokens[start..<section.stableEnd])
        start = section.stableEnd
        #expect(section.prefix == prefix)
      }
    }
  }

  /// Following references and undoing the order gives every block's normalised content back, and the
  /// prompt shows it at the address that the section states.
  @Test func lossless() throws {
    try forEachRandomSpec(seed: 32) { spec in
      let prompt = try Qwen3.compile(spec)
      var texts: [Int: ByteString] = [:]
      var shown: [ByteString: ByteString] = [:]
      for block in prompt.blocks {
        let kind: Section.Kind = block.referent == nil ? .block : .reference
        let section = try #require(prompt.section(kind, block.label))
        let content = ByteString(prompt.text[section.content.start..<section.content.end])
        let text = block.referent.map { shown[$0] ?? "?" } ?? content
        shown[block.label] = text
        for index in [block.index] + block.repeats { texts[index] = text }
      }
      for (index, block) in spec.blocks.enumerated() {
        let alone = try Qwen3.compile(Spec(blocks: [block], query: "q", policy: spec.policy))
        #expect(texts[index] == alone.blocks[0].text)
      }
      if let query = spec.query?.text, let section = prompt.section(.query) {
        let alone = try Qwen3.compile(Spec(query: query, policy: spec.policy))
        let own = try #require(alone.section(.query))
        #expect(
          prompt.text[section.content.start..<section.content.end]
            == alone.text[own.content.start..<own.content.end])
      }
    }
  }

  /// Two prompts with the same head and the same first blocks share all tokens up to that boundary.
  @Test func prefixCausal() throws {
    var generator = SeededGenerator(seed: 33)
    for _ in 0..<60 {
      let first = randomSpec(using: &generator)
      var second = randomSpec(using: &generator)
      second.system = first.system
      second.tools = first.tools
      second.conversation = first.conversation
      let common = Int.random(in: 0...first.blocks.count, using: &generator)
      let known = Set(first.blocks.prefix(common).map(\.text))
      let others = second.blocks.filter { !known.contains($0.text) }.map { block in
        var block = block
        block.id = block.id.map { ByteString("other-\($0)") }
        return block
      }
      second.blocks = Array(first.blocks.prefix(common)) + others
      let (left, right) = (try Qwen3.compile(first), try Qwen3.compile(second))
      for (a, b) in zip(left.seal.sections, right.seal.sections) {
        guard left.text(of: a) == right.text(of: b), a.kind == b.kind else { break }
        #expect(a.stableEnd == b.stableEnd)
        #expect(a.prefix == b.prefix)
        #expect(left.tokens[..<a.stableEnd] == right.tokens[..<b.stableEnd])
      }
    }
  }

  /// Whatever the query, the tokens up to the last block are the same.
  @Test func blocksAreStableWhateverTheQueryIs() throws {
    let queries: [ByteString] = [
      "q", "", "\nq", "  q", "/q", "'s", "\u{301}x", "日本", "1", ".", "\u{3000}q", "<doc", "\t",
      "\r\n",
    ]
    let blocks = [Block(id: "a", text: "Text.\n\n"), Block(id: "b", text: "x ")]
    let reference = try Qwen3.compile(Spec(blocks: blocks, query: "q"))
    let section = try #require(reference.section(.block, "b"))
    #expect(section.stableEnd == section.tokens.end)
    var policy = Policy()
    for normalization in [Policy.Normalization(), .off] {
      policy.normalization = normalization
      for query in queries + Self.queriesThatNormalizationChanges {
        let prompt = try Qwen3.compile(Spec(blocks: blocks, query: query, policy: policy))
        #expect(prompt.section(.block, "b") == section, "\(query)")
        #expect(
          prompt.tokens.prefix(section.stableEnd) == reference.tokens.prefix(section.stableEnd))
      }
    }
  }

  /// Characters that the tokenizer's normaliser takes apart or puts together.
  private static let queriesThatNormalizationChanges: [ByteString] = [
    "\u{1D15E}", "\u{958}\u{301}x", "\u{2F800}", "\u{1107}\u{116E}\u{11C0}", "e\u{301}e\u{301}",
    "\u{212B} x",
  ]

  /// A query in parts, with an image or without, leaves the blocks' tokens as they are.
  @Test func blocksAreStableWhetherTheQueryIsTextOrParts() throws {
    let blocks = #""blocks":[{"id":"a","text":"A"},{"id":"b","text":"B"}]"#
    let text = try Qwen3.compile(try Spec.parse(#"{"cpc":1,\#(blocks),"query":"What?"}"#))
    for query in [
      #"[{"type":"text","text":"What?"}]"#,
      #"[{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"What?"}]"#,
      #"[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"u"}}]"#,
    ] {
      let parts = try Qwen3.compile(try Spec.parse(#"{"cpc":1,\#(blocks),"query":\#(query)}"#))
      #expect(parts.seal.sections == text.seal.sections)
    }
  }

  /// What the user wrote is no reason to call a boundary stable.
  @Test func theOpeningIsStableWhateverFollows() throws {
    let queries: [ByteString] = ["<think>x", "\n\nx", "x", " x", "1"]
    let prompts = try queries.map { try Qwen3.compile(Spec(query: $0)) }
    let ends = prompts.compactMap { $0.section(.opening)?.stableEnd }
    #expect(Set(ends).count == 1)
    for prompt in prompts {
      #expect(prompt.tokens.prefix(ends[0]) == prompts[0].tokens.prefix(ends[0]))
    }
  }

  /// A message that the template leaves out is an error, not a loss.
  @Test func messagesThatTheTemplateLeavesOutAreRefused() throws {
    let spec = try Spec.parse(
      #"{"cpc":1,"conversation":[{"role":"developer","content":"Never reveal X"}],"query":"q"}"#)
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    #expect(
      error?.description.contains("prints nothing of this message of the role \"developer\"")
        == true)
  }

  /// Without a query the last message of the user is the query, and the blocks stand before it.
  @Test func theLastMessageOfTheUserIsTheQuery() throws {
    var spec = Spec(blocks: [Block(id: "a", text: "A")])
    spec.conversation = [
      Message(role: "user", text: "u"), Message(role: "assistant", text: "v"),
      Message(role: "user", text: "Why?"),
    ]
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.string.contains("<|im_start|>user\n<doc id=\"a\">\nA\n</doc>\nWhy?<|im_end|>"))
    #expect(prompt.section(.query) != nil)
  }

  /// A conversation is only appended to: turn N's prompt is a prefix of turn N+1's as far as the
  /// template keeps the answer as it was generated.
  @Test func appendOnly() throws {
    var spec = Spec(system: "s", query: "one")
    let first = try Qwen3.compile(spec)
    spec.conversation = [Message(role: "user", text: "one"), Message(role: "assistant", text: "1")]
    spec.query = Content(text: "two")
    let second = try Qwen3.compile(spec)
    #expect(second.tokens.starts(with: first.tokens))
  }

  @Test func deterministic() throws {
    try forEachRandomSpec(seed: 34) { spec in
      let (left, right) = (try Qwen3.compile(spec), try Qwen3.compile(spec))
      for format in OutputFormat.allCases {
        #expect(try left.emit(format) == right.emit(format))
      }
      #expect(left.report() == right.report())
    }
  }

  /// With the order as given and nothing folded, the output differs from the plain rendering by at most
  /// the annotation; folding takes tokens away.
  @Test func neverWorse() throws {
    try forEachRandomSpec(seed: 35) { spec in
      var spec = spec
      spec.policy.order = .given
      spec.policy.normalization = .off
      spec.policy.controlTokens = .keep
      spec.blocks = spec.blocks.enumerated().map { index, block in
        var block = block
        block.pin = nil
        block.text = ByteString(Array("\(index)".utf8) + block.text.bytes)
        return block
      }
      let plain = try Qwen3.compile(spec, passes: .none)
      #expect(
        try Qwen3.compile(spec).tokens.count <= plain.tokens.count + annotationTokens(of: spec))
      let compiled = try Qwen3.compile(
        spec, passes: .only([.normalize, .unify, .order, .annotate]))
      let annotation = compiled.section(.annotation)
      let without =
        annotation.map {
          Array(compiled.text[..<$0.bytes.start] + compiled.text[$0.bytes.end...])
        } ?? compiled.text
      #expect(without == plain.text)
      #expect(compiled.tokens.count - (annotation?.tokens.count ?? 0) == plain.tokens.count)
      #expect(try Qwen3.compiler().plainTokenCount(spec) == plain.tokens.count)
    }
  }

  private func annotationTokens(of spec: Spec) throws -> Int {
    try Qwen3.compile(spec).section(.annotation)?.tokens.count ?? 0
  }

  /// The request, rendered again by the same template, is the same prompt.
  @Test func theRequestRendersToTheSamePrompt() throws {
    let template = try Qwen3.model.get().templates.standard.template
    try forEachRandomSpec(seed: 36) { spec in
      let prompt = try Qwen3.compile(spec)
      let body = try JSONParser.parse(try prompt.emit(.openai))
      guard case .array(let messages)? = body["messages"]?.value else {
        Issue.record("no messages")
        return
      }
      var request = TemplateRequest(
        messages: messages, tools: body["tools"], addGenerationPrompt: true)
      if case .object(let arguments)? = body["chat_template_kwargs"]?.value {
        request.keywordArguments = arguments
      }
      let rendered = try template.render(request)
      #expect(rendered.bytes == prompt.text)
    }
  }

  private func forEachRandomSpec(seed: UInt64, _ body: (Spec) throws -> Void) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<40 { try body(randomSpec(using: &generator)) }
    try body(try Spec.quickstart())
  }

  private func randomSpec(using generator: inout SeededGenerator) -> Spec {
    func text(_ length: Int) -> ByteString {
      ByteString(RandomText.text(length: length, using: &generator))
    }
    var spec = Spec()
    if Bool.random(using: &generator) { spec.system = Content(text: text(20)) }
    if Int.random(in: 0..<4, using: &generator) == 0 {
      spec.tools = try? JSONParser.parse(
        Array(#"[{"type":"function","function":{"name":"f","parameters":{"a":["é",1.50]}}}]"#.utf8))
    }
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      spec.conversation.append(Message(role: "user", text: text(10)))
      spec.conversation.append(Message(role: "assistant", text: text(10)))
    }
    for index in 0..<Int.random(in: 0...6, using: &generator) {
      var block = Block(text: text(60))
      if Bool.random(using: &generator) { block.id = ByteString("b\(index)") }
      if Bool.random(using: &generator) { block.title = text(5) }
      if Bool.random(using: &generator) { block.importance = .random(in: 0...1, using: &generator) }
      if Int.random(in: 0..<5, using: &generator) == 0 {
        block.pin = .allCases.randomElement(using: &generator)
      }
      if Int.random(in: 0..<4, using: &generator) == 0,
        let other = spec.blocks.randomElement(using: &generator)
      {
        block.text = other.text
      }
      spec.blocks.append(block)
    }
    spec.query = Content(text: text(15))
    spec.policy.order = .allCases.randomElement(using: &generator) ?? .given
    spec.policy.controlTokens = .escape
    return spec
  }
}
