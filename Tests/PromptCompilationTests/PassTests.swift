import Bytes
import PromptCompilation
import TestSupport
import Testing

@Suite struct ResolvePassTests {
  @Test func substitutesInSystemQueryAndTitlesOnly() throws {
    let prompt = try Qwen3.compile(
      try Spec.parse(
        """
        {"cpc":1,"system":"For ${who}.","query":"$${who} is ${who}, $5, ${ x }, ${who",
         "blocks":[{"id":"a","title":"About ${who}","text":"${who} stays"}],
         "variables":{"who":"${me}","me":"no"}}
        """))
    #expect(prompt.string.contains("For ${me}."))
    #expect(prompt.string.contains("${who} is ${me}, $5, ${ x }, ${who<|im_end|>"))
    #expect(prompt.string.contains("title=\"About ${me}\">\n${who} stays\n"))
  }

  @Test func namesVariablesWithoutAValue() throws {
    let spec = try Spec.parse(
      #"{"cpc":1,"query":"${nam}","system":"${x}","variables":{"name":"n"}}"#)
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    #expect(error?.diagnostics.count == 2)
    #expect(
      error?.description.contains(
        "spec.json:1:18: error: variable \"nam\" has no value (did you mean \"name\"?)") == true)
  }
}

@Suite struct NormalizePassTests {
  @Test func unifiesLineEndsRemovesControlsAndComposes() throws {
    let spec = Spec(
      blocks: [Block(id: "a", text: "\u{FEFF}x\r\ny\rz\u{0}\u{7F}e\u{301}\t\u{C}")], query: "q")
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.string.contains("<doc id=\"a\">\nx\ny\nz\u{E9}\t\u{C}\n</doc>\n"))
    let notes = prompt.passes.first { $0.name == .normalize }?.notes ?? []
    #expect(
      notes == ["block a: 2 line ends to LF, 3 invisible characters removed, composed to NFC"])
  }

  @Test func leavesTheAssistantsWordsAlone() throws {
    var spec = Spec(query: "q")
    spec.conversation = [
      Message(role: "user", text: "a\r\nb"), Message(role: "assistant", text: "c\r\ne\u{301}"),
    ]
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.string.contains("a\nb<|im_end|>"))
    #expect(Array(prompt.string.utf8).contains(subsequence: Array("c\r\ne\u{301}".utf8)))
  }

  @Test func isIdempotent() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<200 {
      let text = RandomText.text(length: 40, using: &generator)
      var spec = Spec(query: "q")
      spec.policy.controlTokens = .escape
      spec.blocks = [Block(id: "a", text: ByteString(text))]
      let once = try Qwen3.compile(spec).blocks[0].text
      spec.blocks[0].text = once
      #expect(try Qwen3.compile(spec).blocks[0].text == once)
    }
  }

  @Test func labelsAreOfNormalizedContent() throws {
    let labels = try ["line1\r\nline2", "line1\nline2"].map { text in
      try Qwen3.compile(Spec(blocks: [Block(text: ByteString(text))], query: "q")).blocks[0].label
    }
    #expect(labels[0] == labels[1])
  }

  @Test func escapesManyControlTokensAtOnce() throws {
    var spec = Spec(query: "q")
    spec.blocks = [Block(id: "a", text: ByteString(String(repeating: "<|im_end|> ", count: 5_000)))]
    spec.policy.controlTokens = .escape
    let text = try Qwen3.compile(spec).blocks[0].text
    #expect(text == ByteString(String(repeating: "<\\|im_end|> ", count: 5_000)))
  }

  @Test func doesWhatThePolicyTurnsOff() throws {
    var spec = Spec(blocks: [Block(id: "a", text: "\u{FEFF}x\r\ne\u{301}")], query: "q")
    spec.policy.normalization = .off
    #expect(try Qwen3.compile(spec).blocks[0].text == "\u{FEFF}x\r\ne\u{301}")
  }
}

@Suite struct UnifyPassTests {
  private let long = ByteString(String(repeating: "The same long text. ", count: 20))

  @Test func showsEqualContentOnceIfThatSavesTokens() throws {
    let spec = Spec(
      blocks: [
        Block(id: "a", text: long), Block(id: "b", text: "other"), Block(id: "c", text: long),
      ], query: "q")
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.string.contains("<doc id=\"c\" same-as=\"a\"/>\n"))
    #expect(prompt.tokens.count < (try Qwen3.compile(spec, passes: .none)).tokens.count)
    #expect(prompt.blocks.last?.referent == "a")
  }

  @Test func showsShortContentTwice() throws {
    let spec = Spec(blocks: [Block(id: "a", text: "x"), Block(id: "b", text: "x")], query: "q")
    #expect(try !Qwen3.compile(spec).string.contains("same-as"))
  }

  @Test func showsABlockThatIsListedTwiceOnceAndSaysSo() throws {
    let spec = try Spec.parse(
      #"{"cpc":1,"blocks":[{"id":"a","text":"x"},{"id":"a","text":"x"},{"text":"y"},{"text":"y"}],"query":"q"}"#
    )
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.blocks.map(\.repeats) == [[1], [3]])
  }

  @Test func aReferenceKeepsATitleOfItsOwn() throws {
    let spec = Spec(
      blocks: [Block(id: "a", text: long, title: "A"), Block(id: "b", text: long, title: "B")],
      query: "q")
    #expect(try Qwen3.compile(spec).string.contains("<doc id=\"b\" title=\"B\" same-as=\"a\"/>"))
  }

  @Test func aReferenceStandsBehindWhatItPointsTo() throws {
    for order in Policy.Order.allCases {
      var spec = Spec(
        blocks: [
          Block(id: "z", text: long, importance: 0.1), Block(id: "a", text: long, importance: 0.9),
          Block(id: "m", text: "other", pin: .last),
        ], query: "q")
      spec.policy.order = order
      let blocks = try Qwen3.compile(spec).blocks
      let reference = try #require(blocks.last)
      #expect(reference.label == ([.given, .cached].contains(order) ? "a" : "z"))
      #expect(blocks.dropLast().contains { $0.label == reference.referent })
      #expect(blocks.dropLast().allSatisfy { $0.referent == nil })
    }
  }

  @Test func takesOverTheBetterImportanceAndTheStricterPin() throws {
    var spec = Spec(
      blocks: [
        Block(id: "a", text: long, importance: 0.1), Block(id: "n", text: "other", importance: 0.5),
        Block(id: "b", text: long, importance: 0.9, pin: .first), Block(id: "m", text: "more"),
      ], query: "q")
    spec.policy.annotation.style = .scores
    spec.blocks.swapAt(0, 1)
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.blocks.map(\.label) == ["a", "n", "m", "b"])
    #expect(prompt.blocks[0].importance == 0.9)
    #expect(prompt.section(.annotation) == nil)
  }

  @Test func showsABlockOnceThatIsListedAgainBehindAnotherOfTheSameText() throws {
    for text in [long, "x"] {
      let spec = Spec(
        blocks: [
          Block(id: "a", text: text), Block(id: "b", text: text), Block(id: "b", text: text),
        ], query: "q")
      let prompt = try Qwen3.compile(spec)
      #expect(prompt.blocks.map(\.label) == ["a", "b"])
      #expect(prompt.blocks[1].repeats == [2])
    }
  }

  @Test func refusesOneIdForTwoTexts() throws {
    let spec = try Spec.parse(
      #"{"cpc":1,"blocks":[{"id":"a","text":"x"},{"id":"a","text":"y"}],"query":"q"}"#)
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    #expect(
      error?.description
        == "spec.json:1:42: error: block id \"a\" stands twice with different texts or titles")
    #expect(throws: CompilationError.self) { try Qwen3.compile(spec, passes: .none) }
    #expect(throws: CompilationError.self) {
      try Qwen3.compile(Spec(blocks: [Block(id: "", text: "x")], query: "q"))
    }
  }

  @Test func oneIdForTextsThatDifferInLineEndsIsOneBlock() throws {
    let spec = Spec(
      blocks: [Block(id: "a", text: "x\r\ny"), Block(id: "a", text: "x\ny")], query: "q")
    #expect(try Qwen3.compile(spec).blocks.map(\.repeats) == [[1]])
  }
}

@Suite struct OrderPassTests {
  private func labels(_ order: Policy.Order, _ blocks: [Block]) throws -> [ByteString] {
    var spec = Spec(blocks: blocks, query: "q")
    spec.policy.order = order
    return try Qwen3.compile(spec).blocks.map(\.label)
  }

  private let blocks = [
    Block(id: "c", text: "1", importance: 0.2), Block(id: "a", text: "2", importance: 0.9),
    Block(id: "b", text: "3"), Block(id: "d", text: "4", importance: 0.5),
  ]

  @Test func followsThePolicy() throws {
    #expect(try labels(.given, blocks) == ["c", "a", "b", "d"])
    #expect(try labels(.importance, blocks) == ["a", "d", "c", "b"])
    #expect(try labels(.canonical, blocks) == ["a", "b", "c", "d"])
  }

  @Test func keepsPinnedBlocksAtTheEnds() throws {
    var pinned = blocks
    pinned[3].pin = .first
    pinned[1].pin = .last
    #expect(try labels(.canonical, pinned) == ["d", "b", "c", "a"])
    #expect(try labels(.given, pinned) == ["d", "c", "b", "a"])
  }

  @Test func canonicalOrderDoesNotDependOnTheListing() throws {
    var generator = SeededGenerator(seed: 22)
    let unnamed = (0..<12).map { Block(text: ByteString("text \($0)")) }
    let expected = try labels(.canonical, unnamed)
    for _ in 0..<10 {
      #expect(try labels(.canonical, unnamed.shuffled(using: &generator)) == expected)
    }
  }

  @Test func canonicalOrderDoesNotDependOnTheListingOfRepeats() throws {
    let text = ByteString(String(repeating: "The same long text. ", count: 20))
    let listed = [
      Block(id: "zeta", text: text), Block(id: "alpha", text: text), Block(id: "mid", text: "m"),
    ]
    var spec = Spec(blocks: listed, query: "q")
    spec.policy.order = .canonical
    spec.policy.annotation.style = .none
    let expected = try Qwen3.compile(spec).tokens
    spec.blocks = listed.reversed()
    #expect(try Qwen3.compile(spec).tokens == expected)
  }

  @Test func takesAnOrdererOfTheCallers() throws {
    struct Reversed: BlockOrderer {
      let needsTokenCounts = true
      func order(_ candidates: [OrderCandidate]) -> [Int] {
        candidates.allSatisfy { $0.tokenCount > 0 } ? candidates.indices.reversed() : []
      }
    }
    let prompt = try Qwen3.compiler(orderer: Reversed()).compile(Spec(blocks: blocks, query: "q"))
    #expect(prompt.blocks.map(\.label) == ["d", "b", "a", "c"])
  }

  @Test func refusesAnOrdererThatLosesBlocks() throws {
    struct Losing: BlockOrderer {
      let needsTokenCounts = false
      func order(_ candidates: [OrderCandidate]) -> [Int] { [0, 0] }
    }
    #expect(throws: CompilationError.self) {
      try Qwen3.compiler(orderer: Losing()).compile(Spec(blocks: blocks, query: "q"))
    }
  }
}

@Suite struct AnnotatePassTests {
  private func annotation(_ style: Policy.Annotation.Style, count: Int = 5) throws -> String? {
    var spec = Spec(
      blocks: (0..<7).map {
        Block(id: ByteString("b\($0)"), text: ByteString("t\($0)"), importance: Double($0) / 10)
      }, query: "q")
    spec.policy.annotation.style = style
    spec.policy.annotation.count = count
    let prompt = try Qwen3.compile(spec)
    return prompt.section(.annotation).map { String(decoding: prompt.text(of: $0), as: UTF8.self) }
  }

  @Test func namesTheMostImportantBlocks() throws {
    #expect(try annotation(.top) == "[Most important first: b6, b5, b4, b3, b2, then the others]\n")
    #expect(try annotation(.top, count: 2) == "[Most important first: b6, b5, then the others]\n")
    #expect(try annotation(.ranking) == "[Most important first: b6, b5, b4, b3, b2, b1, b0]\n")
    #expect(
      try annotation(.scores, count: 2)
        == "[Most important first: b6 (0.6), b5 (0.5), then the others]\n")
    #expect(try annotation(.none) == nil)
  }

  @Test func isLeftOutWhereTheOrderIsThatOfImportance() throws {
    let spec = Spec(blocks: [Block(id: "z", text: "1"), Block(id: "a", text: "2")], query: "q")
    #expect(try Qwen3.compile(spec).section(.annotation) == nil)
  }
}

extension Array where Element: Equatable {
  func contains(subsequence: [Element]) -> Bool {
    indices.contains { self[$0...].starts(with: subsequence) }
  }
}
