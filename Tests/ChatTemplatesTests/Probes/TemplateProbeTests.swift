import Bytes
import ChatTemplates
import OrderedJSON
import Testing

/// What probes find in templates of a few lines.
@Suite struct TemplateProbeTests {
  private static let chat =
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
    + "{% if add_generation_prompt %}[assistant]{% endif %}"
  /// The system text stands in the last user message.
  private static let moving =
    "{% for m in messages %}{% if m.role == 'user' %}[user]"
    + "{% if loop.last and messages[0].role == 'system' %}{{ messages[0].content }}\n{% endif %}"
    + "{{ m.content }}{% elif m.role == 'assistant' %}[assistant]{{ m.content }}{% endif %}{% endfor %}"
    + "{% if add_generation_prompt %}[assistant]{% endif %}"
  private static let reasoning =
    "{% for m in messages %}[{{ m.role }}]"
    + "{% if m.reasoning_content and (loop.last or keep_reasoning) %}<{{ m.reasoning_content }}>{% endif %}"
    + "{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"

  private func probe(
    _ template: String, sharedTokens: TemplateProbe.SharedTokens? = nil
  ) throws -> TemplateProbe {
    TemplateProbe(
      try ChatTemplate(source: ByteString(template), name: "test"), sharedTokens: sharedTokens)
  }

  // MARK: - Slots

  @Test(arguments: [
    (chat, TemplateSlot.Part.system, TemplateSlot(place: .head, moves: false)),
    (moving, .system, TemplateSlot(place: .lastUser, moves: true)),
    (chat, .tools, TemplateSlot(place: .absent, moves: false)),
    ("{{ tools | tojson }}" + chat, .tools, TemplateSlot(place: .head, moves: false)),
    (chat + "{{ tools | tojson }}", .tools, TemplateSlot(place: .end, moves: true)),
    (
      "{% for m in messages %}"
        + "{% if loop.last and tools %}[tools]{{ tools[0].function.description }}{% endif %}"
        + "[{{ m.role }}]{{ m.content }}{% endfor %}",
      .tools, TemplateSlot(place: .beforeLastUser, moves: true)
    ),
    (
      "{% for m in messages %}[{{ m.role }}]"
        + "{% if loop.index == 2 and documents %}{{ documents[0].text }}\n{% endif %}"
        + "{{ m.content }}{% endfor %}",
      .documents, TemplateSlot(place: .firstUser, moves: false)
    ),
  ])
  func findsWhereAPartStands(
    template: String, part: TemplateSlot.Part, expected: TemplateSlot
  ) throws {
    #expect(try probe(template).slot(of: part).finding == expected)
  }

  @Test func aRefusalIsAFinding() throws {
    let template =
      "{% if messages[0].role == 'system' %}{{ raise_exception('No system!') }}{% endif %}"
      + Self.chat
    let probe = try probe(template)
    guard case .refused(let refusal) = probe.slot(of: .system) else {
      return #expect(Bool(false), "the slot of the system text is refused")
    }
    #expect(refusal.isDeliberate)
    #expect(refusal.message == "No system!")
    #expect(probe.history(in: .plain).finding == nil)
    // The other kinds of conversations are tried without a system message.
    #expect(probe.history(in: .tools).finding?.isAppendOnly == true)
  }

  // MARK: - History

  @Test func tellsWhereHistoryBreaks() throws {
    let probe = try probe(Self.moving) { first, second in
      zip(first, second).prefix { $0 == $1 }.count / 2
    }
    #expect(probe.history(in: .noSystem).finding?.isAppendOnly == true)
    let found = try #require(probe.history(in: .plain).finding?.firstBreak)
    #expect(found.step == .userTurn)
    #expect(found.messages == 2)
    #expect(found.difference.byte == 6)
    #expect(found.difference.token == 3)
    #expect(found.difference.before == "[user]")
    #expect(found.difference.first == "SYSTEM-TEXT\nQUESTION-1[assistant")
    #expect(found.difference.second == "QUESTION-1[assistant]ANSWER-1[us")
    #expect(found.lostBytes == "SYSTEM-TEXT\nQUESTION-1[assistant]ANSWER-1".utf8.count)
  }

  @Test func strippedReasoningBreaksHistoryUnlessAnArgumentKeepsIt() throws {
    let template = try ChatTemplate(source: ByteString(Self.reasoning), name: "test")
    let probe = TemplateProbe(template)
    #expect(probe.history(in: .plain).finding?.isAppendOnly == true)
    let found = try #require(probe.history(in: .reasoning).finding?.firstBreak)
    #expect(found.difference.first == "<REASON-2>ANSWER-1")
    let keeping = TemplateProbe(
      template, keywordArguments: [JSONMember("keep_reasoning", JSONNode(.bool(true)))])
    #expect(keeping.history(in: .reasoning).finding?.isAppendOnly == true)
  }

  @Test func reasoningInTheContentIsReasoningToo() throws {
    let template =
      "{% for m in messages %}[{{ m.role }}]{{ m.content.split('</think>')[-1] }}{% endfor %}"
      + "{% if add_generation_prompt %}[assistant]{% endif %}"
    let probe = try probe(template)
    #expect(probe.history(in: .plain).finding?.isAppendOnly == true)
    #expect(probe.history(in: .reasoning).finding?.isAppendOnly == false)
  }

  @Test func reasoningBeforeACallIsJudgedByWhatIsSaidBesideIt() throws {
    func template(_ content: String) -> String {
      "{% for m in messages %}[{{ m.role }}]{% if m.tool_calls %}\(content)"
        + "{{ m.tool_calls[0].function.arguments.word }}{% else %}{{ m.content }}{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}[assistant]{% endif %}"
    }
    // Nothing that is said beside a call is printed: that is not about reasoning.
    let silent = try probe(template(""))
    #expect(silent.history(in: .agentLoopReasoning).finding?.isAppendOnly == true)
    let stripping = try probe(template("{{ m.content.split('</think>')[-1] }}"))
    let found = try #require(stripping.history(in: .agentLoopReasoning).finding?.firstBreak)
    #expect(found.step == .toolResult)
  }

  @Test func aToolResultIsAStepOfItsOwn() throws {
    let template =
      Self.chat
      + "{% if messages[-1].role == 'tool' %}{% else %}{{ raise_exception('no') }}{% endif %}"
    #expect(try probe(template).history(in: .agentLoop).finding == nil)
    let counting =
      "{{ messages | selectattr('role', 'equalto', 'tool') | list | length }}" + Self.chat
    let found = try #require(try probe(counting).history(in: .agentLoop).finding?.firstBreak)
    #expect(found.step == .toolResult)
    #expect(found.difference.byte == 0)
  }

  // MARK: - What else changes a prompt

  @Test func findsArgumentsAndWhereTheyChangeTheText() throws {
    let template =
      "{% set unused = 1 %}{{ unused }}{{ style | default('') }}"
      + Self.chat + "{% if add_generation_prompt and not thinking | default(true) %}<>{% endif %}"
    let findings = try probe(template).argumentFindings()
    let switches = findings.filter { $0.name == "thinking" }
    #expect(switches.count == 1)
    #expect(switches.first?.effect.region == .generationPrompt)
    #expect(switches.first?.effect.difference.second == "<>")
    #expect(switches.first?.effect.scenarios == ProbeScenario.allCases)
    if case .bool(false)? = switches.first?.values.first?.value {
    } else {
      #expect(Bool(false), "false switches it off")
    }
    #expect(findings.contains { $0.name == "style" && $0.effect.region == .head })
    #expect(!findings.contains { $0.name == "unused" || $0.name == "messages" })
  }

  @Test func findsTheDate() throws {
    #expect(try probe(Self.chat).dateEffect() == nil)
    let template = "{% if tools %}{{ strftime_now('%Y') }}{% endif %}" + Self.chat
    let effect = try #require(try probe(template).dateEffect())
    #expect(effect.region == .head)
    #expect(effect.scenarios == [.tools, .agentLoop, .agentLoopReasoning])
    #expect(effect.difference.first.string.hasPrefix("01["))
  }

  @Test func findsWhetherTheOrderOfKeysMatters() throws {
    let printing = try probe("{{ tools | tojson }}" + Self.chat)
    #expect(printing.keyOrderDifference(in: .tools)?.byte == 3)
    #expect(printing.keyOrderDifference(in: .calls) == nil)
    let sorting = try probe("{% for k, v in tools[0] | dictsort %}{{ k }}{% endfor %}" + Self.chat)
    #expect(sorting.keyOrderDifference(in: .tools) == nil)
  }

  @Test func findsTrimmedText() throws {
    let template =
      "{% for m in messages %}[{{ m.role }}]"
      + "{% if m.role == 'user' %}{{ m.content | trim }}"
      + "{% elif m.role == 'assistant' %}{{ m.content.rstrip() }}"
      + "{% else %}{{ m.content }}{% endif %}{% endfor %}"
    let probe = try probe(template)
    #expect(probe.edges(of: "user") == EdgeFinding(trimsStart: true, trimsEnd: true))
    #expect(probe.edges(of: "assistant") == EdgeFinding(trimsStart: false, trimsEnd: true))
    #expect(probe.edges(of: "system") == EdgeFinding(trimsStart: false, trimsEnd: false))
    let dropping = try self.probe(
      "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endfor %}")
    #expect(dropping.edges(of: "system") == nil)
  }

  @Test func findsWhoWritesTheBeginning() throws {
    #expect(try probe("{{ bos_token }}" + Self.chat).beginning().isWritten)
    #expect(try probe("{{ bos_token }}" + Self.chat).beginning().token == "<bos_token>")
    #expect(try probe(Self.chat).beginning() == BeginningFinding(token: nil, isWritten: false))
    let template = try ChatTemplate(source: ByteString(Self.chat), name: "test")
    let probe = TemplateProbe(
      template, specialTokens: [JSONMember("bos_token", JSONNode(.string("<s>")))])
    #expect(probe.beginning() == BeginningFinding(token: "<s>", isWritten: false))
  }

  @Test func findsWhetherTheGenerationPromptIsOnlyAdded() throws {
    let added = try #require(try probe(Self.chat).generationPrompt().finding)
    #expect(added.isPureSuffix)
    #expect(added.text == "[assistant]")
    let template = Self.chat + "{% if not add_generation_prompt %}</s>{% endif %}"
    let rewritten = try #require(try probe(template).generationPrompt().finding)
    #expect(rewritten.difference?.first == "</s>")
    #expect(rewritten.difference?.second == "[assistant]")
  }

  @Test func takesTextsAsPartsWhereTheTemplateDoes() throws {
    let template =
      "{% for m in messages %}[{{ m.role }}]"
      + "{% for part in m.content %}{{ part.text }}{% endfor %}{% endfor %}"
    let probe = try probe(template)
    #expect(probe.slot(of: .system).finding == TemplateSlot(place: .head, moves: false))
    #expect(probe.edges(of: "user") == EdgeFinding(trimsStart: false, trimsEnd: false))
    #expect(probe.history(in: .agentLoopReasoning).finding?.isAppendOnly == true)
  }

  @Test func takesCallsWithArgumentsAsText() throws {
    let template =
      "{% for m in messages %}[{{ m.role }}]{{ m.content }}"
      + "{% for call in m.tool_calls or [] %}{{ 'call ' + call.function.arguments }}{% endfor %}"
      + "{% endfor %}"
    #expect(try probe(template).history(in: .agentLoop).finding?.isAppendOnly == true)
  }
}
