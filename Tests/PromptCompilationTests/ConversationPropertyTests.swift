import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// What holds for every conversation of which the state is kept.
@Suite struct ConversationPropertyTests {
  /// Each prompt begins with all the tokens of the one before, stands for all that its spec has, is the same when
  /// it is compiled again or from a stored state, and shows no block that was shown before.
  @Test("turn N + 1 begins with the tokens of turn N")
  func extendsEarlierPrompts() throws {
    for seed in 0..<20 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var conversation = RandomConversation(using: &generator)
      let indexed = Bool.random(using: &generator)
      let compiler = PromptCompiler(
        model: try Qwen3.model.get(), index: indexed ? ContextIndex() : nil)
      var state: ConversationState?
      var before: CompiledPrompt?
      for turn in 0..<5 {
        let spec = conversation.next(using: &generator)
        var again = state
        let prompt = try compiler.compile(spec, state: &state)
        let what: Comment = "seed \(seed), turn \(turn)"
        if let before {
          #expect(prompt.tokens.starts(with: before.tokens), what)
          // The last line break may become one token with what follows.
          #expect(prompt.continued?.tokens == before.tokens.count - 1, what)
        }
        #expect(prompt.continued?.turns == turn, what)
        #expect(prompt.warnings.isEmpty, what)
        try ConversationStateTests.expectLossless(prompt, spec, compiler)
        if !indexed {
          #expect(try compiler.compile(spec, state: &again).tokens == prompt.tokens, what)
          #expect(again == state, what)
        }
        let stored = try #require(state)
        state = try ConversationState(bytes: stored.bytes, for: stored.key)
        #expect(try compiler.compile(spec, state: &state).tokens == prompt.tokens, what)
        #expect(state == stored, what)
        before = prompt
      }
    }
  }

  /// Messages that are edited anywhere never make a prompt that stands for something else.
  @Test func editedConversationsAreLossless() throws {
    let compiler = try Qwen3.compiler()
    for seed in 100..<120 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var conversation = RandomConversation(using: &generator)
      var state: ConversationState?
      for _ in 0..<6 {
        var spec = conversation.next(using: &generator)
        if !spec.conversation.isEmpty, Bool.random(using: &generator) {
          let index = spec.conversation.indices.randomElement(using: &generator) ?? 0
          spec.conversation[index].content = Content(text: "Something else?")
          conversation.said[index] = spec.conversation[index]
        }
        let prompt = try compiler.compile(spec, state: &state)
        try ConversationStateTests.expectLossless(prompt, spec, compiler)
        // What the user said is there, as the caller gives it now.
        for message in spec.conversation where message.role == "user" {
          // Line ends are normalised.
          let said = message.content?.text.bytes.filter { $0 != UInt8(ascii: "\r") } ?? []
          let words = ByteString(said).string
          #expect(prompt.string.contains(words), "seed \(seed): \(words)")
        }
      }
    }
  }
}

/// A conversation with documents that come again, change, and repeat parts of others; at times tools answer.
private struct RandomConversation {
  var said: [Message] = []
  private var turn = 0
  private var documents: [[String]] = []
  private let paragraphs: [String]

  init(using generator: inout SeededGenerator) {
    paragraphs = (0..<8).map { number in
      (0..<Int.random(in: 2...9, using: &generator)).map { line in
        "Line \(line) of paragraph \(number) says what number \(number * 7 + line) means."
      }.joined(separator: "\n")
    }
    for _ in 0..<5 { documents.append(randomDocument(using: &generator)) }
  }

  private func randomDocument(using generator: inout SeededGenerator) -> [String] {
    (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in
      paragraphs.randomElement(using: &generator)
    }
  }

  /// The spec of the next turn; what it asks is answered.
  mutating func next(using generator: inout SeededGenerator) -> Spec {
    if Int.random(in: 0..<3, using: &generator) == 0 {
      let changed = Int.random(in: documents.indices, using: &generator)
      documents[changed] = randomDocument(using: &generator)
    }
    var spec = Spec(system: "Be brief.", conversation: said)
    spec.conversationID = "c"
    for number in documents.indices.shuffled(using: &generator).prefix(3) {
      var block = Block(text: ByteString(documents[number].joined(separator: "\n\n")))
      if number > 0 { block.id = ByteString("d\(number)") }
      if number > 2 { block.title = ByteString("Document \(number)") }
      spec.blocks.append(block)
    }
    let words = ByteString(["Question \(turn)?", " and /\(turn)?", "é\r\n\(turn)?"][turn % 3])
    spec.query = Content(text: words)
    said.append(Message(role: "user", text: words))
    if Bool.random(using: &generator) {
      let call = #"[{"id":"c","function":{"name":"f","arguments":"{}"}}]"#
      let calls = try? JSONParser.parse(Array(call.utf8))
      said.append(
        Message(
          role: "assistant", content: nil,
          members: calls.map { [JSONMember("tool_calls", $0)] } ?? []))
      let result = randomDocument(using: &generator).joined(separator: "\n\n")
      said.append(Message(role: "tool", text: ByteString(result)))
    }
    said.append(Message(role: "assistant", text: ByteString("Answer \(turn).")))
    turn += 1
    return spec
  }
}
