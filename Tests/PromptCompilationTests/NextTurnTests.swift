import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// What `compile` says of the next turn, and where it puts blocks.
@Suite struct NextTurnTests {
  private static let conversation = """
    {"cpc":1,"system":"Be brief.","blocks":[{"id":"a","text":"One."},{"id":"b","text":"Two."}],
     "conversation":[{"role":"user","content":"First?"},{"role":"assistant","content":"Yes."}],
     "query":"Second?"
    """

  /// Qwen3 with another chat template.
  private func compile(
    _ spec: String, template: String? = nil, _ arguments: [JSONMember] = []
  ) throws -> CompiledPrompt {
    let own = try template.map { try ModelTemplate(source: Array($0.utf8), name: "own.jinja") }
    let model = try Model.named(
      "qwen3", template: own, in: DataFolder(path: Shared.packageRoot))
    let settings = RenderSettings(keywordArguments: arguments)
    return try PromptCompiler(model: model, rendering: settings).compile(try Spec.parse(spec))
  }

  /// The system text stands in the last user message.
  private static let moving =
    "{% for m in messages %}{% if m.role == 'user' %}[INST]"
    + "{% if loop.last and messages[0].role == 'system' %}{{ messages[0].content }}\n\n{% endif %}"
    + "{{ m.content }}[/INST]{% elif m.role == 'assistant' %}{{ m.content }}{% endif %}{% endfor %}"

  @Test func aTemplateThatOnlyAppendsCostsNothing() throws {
    let prompt = try compile(Self.conversation + "}")
    guard case .appends? = prompt.nextTurn else {
      return #expect(Bool(false), "\(String(describing: prompt.nextTurn))")
    }
    #expect(prompt.warnings.isEmpty)
    #expect(prompt.seal.sections.map(\.kind).firstIndex(of: .block) == 4)
  }

  @Test func isNotComparedForOneWhoDoesNotAsk() throws {
    let spec = try Spec.parse(Self.conversation + "}")
    let model = try Qwen3.model.get()
    let compared = try PromptCompiler(model: model).compile(spec)
    let prompt = try PromptCompiler(model: model, comparesNextTurn: false).compile(spec)
    #expect(prompt.nextTurn == nil)
    #expect(prompt.tokens == compared.tokens)
  }

  @Test func anEndThatHistoryLacksIsCountedAndNoted() throws {
    let prompt = try compile(
      Self.conversation + "}", [JSONMember("enable_thinking", JSONNode(.bool(false)))])
    guard case .rewrites(let rewrite)? = prompt.nextTurn else {
      return #expect(Bool(false), "\(String(describing: prompt.nextTurn))")
    }
    // <think>, two line breaks, </think>, two line breaks.
    #expect(rewrite.recomputedTokens == 4)
    #expect(rewrite.token == prompt.tokens.count - 4)
    #expect(rewrite.difference.first == "<think>\n\n</think>\n\n")
    #expect(prompt.warnings.isEmpty)
    let notes = prompt.passes.last?.notes ?? []
    #expect(notes.contains { $0.contains("computes 4 of \(prompt.tokens.count) tokens again") })
  }

  @Test func aLoopThatTheNextUserTurnRewritesIsWarnedOf() throws {
    let spec = """
      {"cpc":1,"conversation":[{"role":"user","content":"Go."},
        {"role":"assistant","content":"","reasoning_content":"I shall look.",
         "tool_calls":[{"id":"c1","function":{"name":"f","arguments":{}}}]},
        {"role":"tool","tool_call_id":"c1","content":"Found."}]}
      """
    let prompt = try compile(spec)
    guard case .rewrites(let rewrite)? = prompt.nextTurn else {
      return #expect(Bool(false), "\(String(describing: prompt.nextTurn))")
    }
    #expect(rewrite.difference.first.string.hasPrefix("hink>\nI shall look."))
    #expect(rewrite.token + rewrite.recomputedTokens == prompt.tokens.count)
    #expect(prompt.warnings.count == 1)
    #expect(
      prompt.warnings.first?.message.contains("from token \(rewrite.token) on") == true)
  }

  @Test func blocksStandWhereATemplateThatMovesTheSystemTextLeavesThem() throws {
    let prompt = try compile(Self.conversation + "}", template: Self.moving)
    let blocks = "<doc id=\"a\">\nOne.\n</doc>\n<doc id=\"b\">\nTwo.\n</doc>\n"
    #expect(
      prompt.string == "[INST]\(blocks)First?[/INST]Yes.[INST]Be brief.\n\nSecond?[/INST]")
    #expect(
      prompt.seal.sections.map(\.kind) == [
        .opening, .block, .block, .turn, .turn, .system, .opening, .query, .closing,
      ])
    #expect(prompt.warnings.first?.message.contains("moves the system text") == true)
    // The blocks are in the part that the next turn keeps.
    guard case .rewrites(let rewrite)? = prompt.nextTurn else {
      return #expect(Bool(false), "\(String(describing: prompt.nextTurn))")
    }
    #expect(rewrite.token > (prompt.section(.block, "b")?.stableEnd ?? .max))
    let body = String(decoding: try prompt.emit(.anthropic), as: UTF8.self)
    #expect(body.split(separator: "One.").count == 2)
    #expect(body.contains(#"{"type":"text","text":"First?"}"#))
  }

  @Test func theSpecNamesTheSlot() throws {
    let current = try compile(Self.conversation + #","slot":"user"}"#, template: Self.moving)
    #expect(current.string.hasPrefix("[INST]First?[/INST]"))
    #expect(current.warnings.allSatisfy { !$0.message.contains("moves the system text") })
    let first = try compile(Self.conversation + #","slot":"first_user"}"#)
    #expect(first.string.contains("</doc>\nFirst?<|im_end|>"))
    #expect(first.warnings.isEmpty)
  }

  @Test func theFirstMessageKeepsAGuardBehindBlocks() throws {
    let spec = """
      {"cpc":1,"slot":"first_user","blocks":[{"id":"a","text":"One."}],
       "conversation":[{"role":"user","content":" /x"},{"role":"assistant","content":"Yes."}],
       "query":"Second?"}
      """
    #expect(try compile(spec).string.contains("</doc>\n[Question]\n /x<|im_end|>"))
  }

  @Test func aTemplateThatRefusesTheNextTurnSaysSo() throws {
    let template =
      "{% if messages | length > 1 %}{{ raise_exception('one message only') }}{% endif %}"
      + "{{ messages[0].content }}"
    let prompt = try compile(#"{"cpc":1,"query":"Hi"}"#, template: template)
    guard case .unknown(let message)? = prompt.nextTurn else {
      return #expect(Bool(false), "\(String(describing: prompt.nextTurn))")
    }
    #expect(message == "one message only")
    let report = String(decoding: prompt.report(), as: UTF8.self)
    #expect(report.contains(#""refused": "one message only""#))
  }
}
