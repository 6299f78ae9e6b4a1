import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// What the state of a conversation makes of the turns behind the first.
@Suite struct ConversationStateTests {
  private static let long = String(repeating: "A refund takes fourteen days. ", count: 12)
  private static let other = String(repeating: "Parcels leave on the day of the order. ", count: 12)

  /// A spec of a conversation: what was said, in turns, and blocks by id.
  private static func spec(
    _ said: [String], _ blocks: [(id: String, text: String)], tenant: String = "t",
    id: String? = "c", answers: [String] = []
  ) -> Spec {
    var spec = Spec(
      system: "Be brief.",
      blocks: blocks.map { Block(id: ByteString($0.id), text: ByteString($0.text)) },
      query: said.last.map { ByteString($0) })
    for (index, words) in said.dropLast().enumerated() {
      let answer = index < answers.count ? answers[index] : "Answer \(index)."
      spec.conversation += [
        Message(role: "user", text: ByteString(words)),
        Message(role: "assistant", text: ByteString(answer)),
      ]
    }
    spec.tenant = ByteString(tenant)
    spec.conversationID = id.map { ByteString($0) }
    return spec
  }

  private static let first = spec(["One?"], [("a", long)])
  private static let second = spec(["One?", "Two?"], [("a", long), ("b", other)])

  @Test func theSecondTurnGoesOnFromTheFirst() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let first = try compiler.compile(Self.first, state: &state)
    #expect(first.continued == nil || first.continued?.turns == 0)
    #expect(state?.turns.map(\.labels) == [["a"]])
    let second = try compiler.compile(Self.second, state: &state)
    #expect(second.tokens.starts(with: first.tokens))
    #expect(second.string.contains(#"<doc id="a" same-as="a"/>"#))
    #expect(second.string.split(separator: "<doc id=\"a\">").count == 2)
    #expect(second.continued?.turns == 1)
    #expect((second.continued?.tokens ?? 0) >= first.tokens.count - 1)
    #expect(second.section(.earlierBlock, "a") != nil)
    #expect(state?.turns.map(\.labels) == [["a"], ["b"]])
    // Without a state the block is shown again.
    let plain = try compiler.compile(Self.second)
    #expect(!plain.tokens.starts(with: first.tokens))
    #expect(plain.continued == nil)
  }

  @Test func aTurnThatIsCompiledAgainIsTheSame() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let first = try compiler.compile(Self.first, state: &state)
    let behindFirst = state
    let again = try compiler.compile(Self.first, state: &state)
    #expect(again.tokens == first.tokens)
    #expect(state == behindFirst)
    let second = try compiler.compile(Self.second, state: &state)
    let behindSecond = state
    #expect(try compiler.compile(Self.second, state: &state).tokens == second.tokens)
    #expect(state == behindSecond)
    // An earlier turn that comes late does not end the conversation.
    #expect(try compiler.compile(Self.first, state: &state).tokens == first.tokens)
    #expect(state == behindSecond)
  }

  @Test func theUserMayKeepTheWordsInAnyForm() throws {
    let compiler = try Qwen3.compiler()
    var asked = Self.spec(["Is ${what} late?"], [("a", Self.long)])
    asked.variables = [Variable(name: "what", value: "it")]
    var sent: ConversationState?
    let first = try compiler.compile(asked, state: &sent)
    let content = try #require(sent?.turns.first?.content.text)
    for words in ["Is ${what} late?", "Is it late?", content.string] {
      var state = sent
      let next = Self.spec([words, "Two?"], [("a", Self.long)])
      let second = try compiler.compile(next, state: &state)
      #expect(second.tokens.starts(with: first.tokens), "\(words)")
      #expect(second.warnings.isEmpty)
      #expect(state?.turns.count == 2)
    }
  }

  @Test(
    "behind a message that was edited nothing is taken for what was sent",
    arguments: [("Another?", "Answer 0.", 0), ("One?", "Another answer.", 1)])
  func forgetsWhatDiverges(words: String, answer: String, kept: Int) throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    _ = try compiler.compile(Self.second, state: &state)
    let third = Self.spec(
      [words, "Two?", "Three?"], [("a", Self.long), ("b", Self.other)], answers: [answer])
    let prompt = try compiler.compile(third, state: &state)
    #expect(prompt.continued?.turns == kept)
    #expect(prompt.warnings.contains { $0.message.contains("is forgotten") })
    // What is not known to have been sent is shown.
    #expect(prompt.section(.block, "b") != nil)
    #expect((prompt.section(.block, "a") == nil) == (kept == 1))
    #expect(state?.turns.map(\.place) == (kept == 1 ? [0, 2] : [2]))
  }

  @Test func anotherQuestionInPlaceOfOneIsANote() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    _ = try compiler.compile(Self.second, state: &state)
    let prompt = try compiler.compile(
      Self.spec(["One?", "Or two?"], [("b", Self.other)]), state: &state)
    #expect(prompt.warnings.isEmpty)
    #expect(prompt.passes[0].notes.contains { $0.contains("another question") })
    #expect(state?.turns.count == 2)
    #expect(state?.turns.last?.content.text.string.hasSuffix("Or two?") == true)
  }

  @Test func whatAnAssistantThoughtMayBeLeftOutLater() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    var second = Self.second
    second.conversation[1].members = [
      JSONMember("reasoning_content", JSONNode(.string("I think.")))
    ]
    _ = try compiler.compile(second, state: &state)
    let third = Self.spec(["One?", "Two?", "Three?"], [("b", Self.other)])
    #expect(try compiler.compile(third, state: &state).continued?.turns == 2)
  }

  @Test func aDocumentThatChangesIsShownAgainAndNotMistaken() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let texts = [Self.long, Self.other, Self.long, Self.long]
    for turn in 1...4 {
      let said = (1...turn).map { "Question \($0)?" }
      let spec = Self.spec(said, [("a", texts[turn - 1])])
      let prompt = try compiler.compile(spec, state: &state)
      #expect((prompt.section(.block, "a") == nil) == (turn == 4))
      try Self.expectLossless(prompt, spec, compiler)
    }
  }

  @Test func aTextThatWasShownUnderAnotherNameIsReferredTo() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    let spec = Self.spec(["One?", "Two?"], [("wiki", Self.long)])
    let prompt = try compiler.compile(spec, state: &state)
    #expect(prompt.string.contains(#"<doc id="wiki" same-as="a"/>"#))
    try Self.expectLossless(prompt, spec, compiler)
    // A label that now stands for another text names nothing.
    let clash = Self.spec(["One?", "Two?"], [("wiki", Self.long), ("a", Self.other)])
    let other = try compiler.compile(clash, state: &state)
    #expect(other.section(.block, "wiki") != nil)
    try Self.expectLossless(other, clash, compiler)
  }

  @Test func resultsOfToolsInBetweenKeepTheirPlace() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let first = try compiler.compile(Self.first, state: &state)
    var step = Self.first
    step.blocks = []
    step.query = nil
    step.conversation = [
      Message(role: "user", text: "One?"),
      Message(role: "assistant", text: "I look."),
      Message(role: "tool", text: ByteString(Self.other + "\n" + Self.long)),
    ]
    let second = try compiler.compile(step, state: &state)
    #expect(second.tokens.starts(with: first.tokens))
    #expect(state?.turns.count == 1)
    try Self.expectLossless(second, step, compiler)
    var third = step
    third.conversation.append(Message(role: "assistant", text: "Found."))
    third.blocks = [Block(id: "a", text: ByteString(Self.long))]
    third.query = Content(text: "Two?")
    let last = try compiler.compile(third, state: &state)
    #expect(last.tokens.starts(with: second.tokens))
    #expect(last.section(.reference, "a") != nil)
    try Self.expectLossless(last, third, compiler)
  }

  @Test func blocksOfTheFirstMessageStayThere() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    var second = Self.second
    second.slot = .firstUser
    let prompt = try compiler.compile(second, state: &state)
    #expect(state?.turns.map(\.labels) == [["a", "b"], []])
    var third = Self.spec(["One?", "Two?", "Three?"], [("b", Self.other), ("d", Self.long + "d")])
    third.slot = .firstUser
    let next = try compiler.compile(third, state: &state)
    #expect(next.tokens.starts(with: prompt.tokens))
    #expect(next.continued?.turns == 2)
    try Self.expectLossless(next, third, compiler)
  }

  @Test func theBodiesKeepTheEarlierMessages() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let first = try compiler.compile(Self.first, state: &state)
    let second = try compiler.compile(Self.second, state: &state)
    for (format, count) in [(OutputFormat.openai, 2), (.anthropic, 1)] {
      let bodies = try [first, second].map { prompt in
        try JSONParser.parse(try prompt.emit(format))["messages"]?.elements ?? []
      }
      #expect(bodies[1].count > count)
      let texts = bodies.map { messages in
        messages.prefix(count).map { ByteString(JSONWriter.write($0.value)) }
      }
      #expect(texts[0] == texts[1])
    }
  }

  @Test func aStateIsThatOfOneConversation() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    let sent = state
    for spec in [
      Self.spec(["One?"], [], tenant: "u"), Self.spec(["One?"], [], id: "d"),
    ] {
      #expect(throws: CompilationError.self) { try compiler.compile(spec, state: &state) }
      #expect(state == sent)
    }
    // A spec without an id has no part in it.
    let prompt = try compiler.compile(Self.spec(["Other?"], [], id: nil), state: &state)
    #expect(prompt.continued == nil)
    #expect(state == sent)
  }

  @Test func whatDoesNotFitWithTheEarlierTurnsBeginsAnew() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let first = try compiler.compile(Self.first, state: &state)
    var second = Self.spec(["One?", "Two?"], [])
    second.policy.budget = Policy.Budget(tokens: first.tokens.count)
    let prompt = try compiler.compile(second, state: &state)
    #expect(prompt.tokens.count < first.tokens.count)
    #expect(prompt.continued?.turns == 0)
    #expect(prompt.warnings.contains { $0.message.contains("too little room") })
    #expect(state?.turns.map(\.place) == [1])
    // What never fits is an error, and the state stays.
    let sent = state
    second.policy.budget = Policy.Budget(tokens: 5)
    #expect(throws: CompilationError.self) { try compiler.compile(second, state: &state) }
    #expect(state == sent)
  }

  @Test func noBlockIsLeftOutForTheEarlierTurns() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    var second = Self.spec(["One?", "Two?"], [("b", Self.other)])
    second.policy.budget = Policy.Budget(tokens: try Qwen3.compile(second).tokens.count)
    let prompt = try compiler.compile(second, state: &state)
    #expect(prompt.fit?.dropped == [])
    #expect(prompt.section(.block, "b") != nil)
    #expect(prompt.continued?.turns == 0)
    #expect(prompt.warnings.contains { $0.message.contains("too little room") })
    // Where there would be no more room without them they stay.
    let lines = (0..<99).map { "Line \($0)." }.joined(separator: "\n")
    var third = Self.spec(["One?", "Two?", "Three?"], [("b", Self.other), ("c", lines)])
    third.policy.budget = Policy.Budget(tokens: prompt.tokens.count + 60)
    let next = try compiler.compile(third, state: &state)
    #expect(next.continued?.turns == 1)
    #expect(next.fit?.dropped.count == 1)
  }

  @Test func anotherSystemTextIsSaid() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    _ = try compiler.compile(Self.first, state: &state)
    var second = Self.second
    second.system = Content(text: "Be very brief.")
    let prompt = try compiler.compile(second, state: &state)
    #expect(prompt.continued?.turns == 1)
    #expect(prompt.continued?.tokens == 0)
  }

  @Test func withoutThePassTheConversationIsAsGiven() throws {
    var state: ConversationState?
    _ = try Qwen3.compiler().compile(Self.first, state: &state)
    let sent = state
    let prompt = try Qwen3.compiler(passes: .none).compile(Self.second, state: &state)
    #expect(prompt.section(.earlierBlock) == nil)
    #expect(state == sent)
  }

  /// The prompt stands for all that its spec has.
  static func expectLossless(
    _ prompt: CompiledPrompt, _ spec: Spec, _ compiler: PromptCompiler
  ) throws {
    let bytes = try prompt.emit(.json)
    let expanded = try ExpandedPrompt(
      json: try JSONParser.parse(bytes), source: SourceText(name: "prompt", bytes: bytes))
    #expect(try expanded.differences(from: spec, compiledBy: compiler) == [])
  }
}
