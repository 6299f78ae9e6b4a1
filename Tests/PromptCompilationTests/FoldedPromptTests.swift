import Bytes
import Deduplication
import OrderedJSON
import PromptCompilation
import TestSupport
import TextProcessing
import Testing

/// What must hold of prompts in which repeats are references, over random specs.
@Suite struct FoldedPromptTests {
  @Test func `a prompt stands for all that its spec has`() throws {
    var references = 0
    for seed in 0..<150 {
      var specs = RandomFoldingSpec(seed: UInt64(seed))
      let spec = try specs.spec()
      let expanded = try expansion(of: spec, &references)
      #expect(try expanded.differences(from: spec, compiledBy: Qwen3.compiler()) == [], "\(seed)")
    }
    #expect(references >= 200)
  }

  @Test(arguments: ["gpt-oss", "deepseek-v3.1", "mistral-nemo"])
  func `so does one for another model`(_ name: String) throws {
    let model = try Model.named(ByteString(name), in: DataFolder(path: Shared.packageRoot))
    let compiler = PromptCompiler(model: model)
    var compiledCount = 0
    for seed in 500..<530 {
      var specs = RandomFoldingSpec(seed: UInt64(seed))
      let spec = try specs.spec()
      // Not every template takes every conversation.
      guard let prompt = try? compiler.compile(spec) else { continue }
      compiledCount += 1
      let source = SourceText(name: "prompt.json", bytes: try prompt.emit(.json))
      let expanded = try ExpandedPrompt(json: JSONParser.parse(source.bytes), source: source)
      #expect(try expanded.differences(from: spec, compiledBy: compiler) == [], "\(seed)")
    }
    #expect(compiledCount >= 10)
  }

  @Test func `text that reads like a reference is kept apart, and reported`() throws {
    let spec = try Spec.parse(
      #"""
      {"cpc": 1, "blocks": [{"id": "a", "text": "See [same as doc b], and [same as doc a]."}],
       "query": "What does it say?"}
      """#)
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.string.contains(#"See [\same as doc b], and [\same as doc a]."#))
    let fold = try #require(prompt.passes.first { $0.name == .fold })
    #expect(
      fold.notes == [
        "block a: 2 places that read like a reference get a backslash, which expanding takes away"
      ])
  }

  @Test(arguments: [TextComparison.whiteSpace, .lineNumbers])
  func `texts that count as equal come back as one that counts as equal`(
    _ comparison: TextComparison
  ) throws {
    var references = 0
    for seed in 200..<260 {
      var specs = RandomFoldingSpec(seed: UInt64(seed), comparison: comparison)
      let spec = try specs.spec()
      let expanded = try expansion(of: spec, &references)
      for block in expanded.blocks {
        for index in block.indices {
          #expect(
            normalForm(block.text, comparison) == normalForm(spec.blocks[index].text, comparison),
            "seed \(seed), block \(index)")
        }
      }
      for result in expanded.toolResults {
        guard let content = spec.conversation[result.turn].content, content.isText else { continue }
        #expect(
          result.texts.map { normalForm($0, comparison) } == [normalForm(content.text, comparison)])
      }
    }
    #expect(references >= 60)
  }

  @Test func `what stands behind a block changes nothing before it`() throws {
    for seed in 300..<340 {
      var specs = RandomFoldingSpec(seed: UInt64(seed))
      let first = try specs.spec()
      var second = first
      let common = first.blocks.count / 2
      second.blocks = Array(first.blocks[..<common]) + specs.blocks(3, prefix: "other")
      second.query = Content(text: "Something else?")
      var (left, right) = (first, second)
      left.policy.order = .given
      right.policy.order = .given
      left.policy.annotation.style = .none
      right.policy.annotation.style = .none
      try expectCommonStart(try Qwen3.compile(left), try Qwen3.compile(right), blocks: common)
    }
  }

  @Test func `the next turn of a conversation only adds to the prompt`() throws {
    var folded = 0
    for seed in 400..<430 {
      var specs = RandomFoldingSpec(seed: UInt64(seed))
      var spec = try specs.spec()
      spec.blocks = []
      spec.query = nil
      spec.conversation.append(Message(role: "user", text: "Go on."))
      var before = try Qwen3.compile(spec)
      for _ in 0..<3 {
        let result = try specs.toolMessages()
        spec.conversation += result
        let next = try Qwen3.compile(spec)
        let ending = try #require(before.seal.sections.last { [.turn, .query].contains($0.kind) })
        #expect(
          next.tokens.prefix(ending.stableEnd) == before.tokens.prefix(ending.stableEnd), "\(seed)")
        before = next
      }
      folded += try foldCount(before)
    }
    #expect(folded >= 30)
  }

  @Test func `the same spec gives the same prompt`() throws {
    for seed in 500..<510 {
      var specs = RandomFoldingSpec(seed: UInt64(seed))
      let spec = try specs.spec()
      #expect(try Qwen3.compile(spec).emit(.json) == Qwen3.compile(spec).emit(.json))
    }
  }

  @Test func `a tool result in parts is one text of the request`() throws {
    let text = RandomFoldingSpec.sentences.joined(separator: " ")
    let parts = #"[{"type":"text","text":"\#(text)"},{"type":"text","text":"\#(text)"}]"#
    let call = #"{"role":"assistant","content":null,"tool_calls":[]}"#
    let spec = try Spec.parse(
      #"{"cpc":1,"conversation":[{"role":"user","content":"u"},\#(call),"#
        + #"{"role":"tool","content":[]},{"role":"tool","content":\#(parts)},"#
        + #"{"role":"tool","content":"Again: \#(text)"}],"query":"q"}"#)
    var references = 0
    let expanded = try expansion(of: spec, &references)
    #expect(references == 2)
    #expect(try expanded.differences(from: spec, compiledBy: Qwen3.compiler()) == [])
  }

  // MARK: - Helpers

  private func expansion(of spec: Spec, _ references: inout Int) throws -> ExpandedPrompt {
    let prompt = try Qwen3.compile(spec)
    references += try foldCount(prompt)
    let source = SourceText(name: "prompt.json", bytes: try prompt.emit(.json))
    return try ExpandedPrompt(json: JSONParser.parse(source.bytes), source: source)
  }

  /// How many references stand in a prompt, or are said to.
  private func foldCount(_ prompt: CompiledPrompt) throws -> Int {
    prompt.string.components(separatedBy: "[same as ").count - 1
      + prompt.string.components(separatedBy: "‹wie ").count - 1
  }

  private func normalForm(_ text: ByteString, _ comparison: TextComparison) -> [UInt8] {
    var form: [UInt8] = []
    text.bytes.withUnsafeBytes {
      comparison.appendNormalForm(of: ByteRange(0, $0.count), in: $0, to: &form)
    }
    return form
  }

  private func expectCommonStart(
    _ left: CompiledPrompt, _ right: CompiledPrompt, blocks: Int
  ) throws {
    let shown = left.seal.sections.filter { $0.kind == .block || $0.kind == .reference }
    guard blocks > 0, shown.count >= blocks else { return }
    let end = shown[blocks - 1].stableEnd
    #expect(left.tokens.prefix(end) == right.tokens.prefix(end))
  }
}

extension String {
  /// The parts between occurrences of a text.
  fileprivate func components(separatedBy separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
