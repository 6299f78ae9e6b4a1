import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc dedup` as users run it.
@Suite struct DedupCommandTests {
  private static let fixture = "Fixtures/contracts/agent-body.json"

  private func dedup(_ arguments: String..., input: String = "") throws -> CommandResult {
    try Command.run(["dedup"] + arguments + ["--model", "qwen3"], input: input)
  }

  /// A body with a text twice, on one line.
  private func body(_ form: String, text: String = "Some words that come again and again. ")
    -> String
  {
    form.replacing("@", with: "\"\(String(repeating: text, count: 12))\"")
  }

  private let chat =
    #"{"id":"r","messages":[{"role":"user","content":"Hi"},{"role":"tool","content":@},{"role":"tool","content":@}]}"#

  @Test func writesTheBody() throws {
    let body = try Files.read(Shared.packageRoot + "/" + Self.fixture)
    let run = try dedup(Self.fixture)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("\"[same as tool result 2]\""))
    #expect(run.output.contains("\"temperature\": 0.20,\n"))
    #expect(run.output.utf8.count < body.count - 3000)
    let none = try dedup(Self.fixture, "--passes", "none")
    #expect(Array(none.output.utf8) == body)
    #expect(try dedup("-", input: String(decoding: body, as: UTF8.self)).output == run.output)
    let expanded = try Command.run(["expand", "-"], input: run.output)
    #expect(Array(expanded.output.utf8) == body, "\(expanded.errors)")
  }

  @Test func writesTokensAndText() throws {
    let folded = try dedup(Self.fixture, "--format", "tokens")
    let plain = try dedup(Self.fixture, "--format", "tokens", "--passes", "none")
    #expect(folded.status == 0 && plain.status == 0, "\(folded.errors)")
    let (left, right) = (
      try JSONParser.parse(Array(folded.output.utf8)),
      try JSONParser.parse(Array(plain.output.utf8))
    )
    #expect(left.members?.map(\.key) == ["index", "orig_tokens", "tokens"])
    #expect(integer(left["orig_tokens"]) == right["tokens"]?.elements?.count)
    #expect(integer(right["orig_tokens"]) == right["tokens"]?.elements?.count)
    let count = try #require(left["tokens"]?.elements?.count)
    #expect(count < (right["tokens"]?.elements?.count ?? 0) - 600)
    let text = try dedup(Self.fixture, "--format", "text")
    #expect(text.output.hasPrefix("<|im_start|>system\nYou review contracts"))
    #expect(text.output.contains("<tool_response>\n[same as tool result 2]\n</tool_response>"))
  }

  private func integer(_ node: JSONNode?) -> Int? {
    if case .number(let number)? = node?.value { number.integer } else { nil }
  }

  @Test func foldsLines() throws {
    let line = body(chat)
    let input = line + "\n\n" + line + " \r\n" + #"{"input":"x"}"#
    let run = try dedup("-", "--jsonl", input: input)
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    try #require(lines.count == 5 && lines[1] == "" && lines[4] == "")
    #expect(lines[0].hasSuffix(#","content":"[same as tool result 1]"}]}"#))
    #expect(lines[2] == lines[0] + " \r")
    #expect(lines[3] == #"{"input":"x"}"#)
    let tokens = try dedup("-", "--jsonl", "--format", "tokens", input: input)
    let objects = try tokens.output.split(separator: "\n").map {
      try JSONParser.parse(Array($0.utf8))
    }
    #expect(objects.map { integer($0["index"]) } == [0, 2, 3])
    #expect(objects.map { $0["id"]?.string } == ["r", "r", nil])
    let texts = try dedup("-", "--jsonl", "--format", "text", input: input)
    #expect(texts.output.hasPrefix(#"{"index":0,"id":"r","orig_tokens":"#))
  }

  /// The three interfaces ask a model the same.
  @Test func rendersEachForm() throws {
    let forms = [
      #"{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"},"#
        + #"{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"#
        + #"{"role":"tool","tool_call_id":"1","content":@},{"role":"tool","tool_call_id":"2","content":@}],"#
        + #""tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]}"#,
      #"{"instructions":"S","input":[{"role":"user","content":[{"type":"input_text","text":"Q"}]},"#
        + #"{"type":"function_call","call_id":"1","name":"f","arguments":"{\"a\":1}"},"#
        + #"{"type":"function_call_output","call_id":"1","output":@},{"type":"function_call_output","call_id":"2","output":@}],"#
        + #""tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}}]}"#,
      #"{"max_tokens":9,"system":"S","messages":[{"role":"user","content":"Q"},"#
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":@},"#
        + #"{"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":@}]}]}],"#
        + #""tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}]}"#,
    ]
    let runs = try forms.map { try dedup("-", "--format", "text", input: body($0)) }
    #expect(runs.allSatisfy { $0.status == 0 }, "\(runs.map(\.errors))")
    #expect(runs[0].output.contains("[same as tool result 1]"))
    #expect(runs[1].output == runs[0].output)
    #expect(runs[2].output == runs[0].output)
  }

  @Test func reports() throws {
    let run = try dedup(Self.fixture, "--report", "-")
    let report = try JSONParser.parse(Array(run.output.utf8))
    #expect(report.members?.map(\.key) == ["schema_version", "cpc", "model", "bodies", "totals"])
    let texts = try #require(report["bodies"]?.elements?.first?["texts"]?.elements)
    #expect(texts.last?["path"]?.string == "/messages/11/content")
    #expect(texts.last?["name"]?.string == "tool result 4")
    let reference = try #require(texts.last?["references"]?.elements?.first)
    #expect(reference["source"]?.string == "tool result 2")
    #expect(reference["shown"]?.elements?.compactMap(integer) == [0, 23])
    let totals = try #require(report["totals"])
    let before = texts.compactMap { integer($0["tokens_before"]) }.reduce(0, +)
    let after = texts.compactMap { integer($0["tokens_after"]) }.reduce(0, +)
    #expect(integer(totals["tokens_before"]) == before)
    #expect(integer(totals["tokens_after"]) == after)
    #expect(after < before - 600)
  }

  @Test func takesSettings() throws {
    let forms = ["", " from {first} to {last}", ", {lines} lines from {first} to {last}"]
    let wording = forms.flatMap { ["--wording", "<like {source}\($0)>"] }
    let run = try Command.run(["dedup", "-", "--model", "qwen3"] + wording, input: body(chat))
    #expect(run.output.contains("\"<like tool result 1>\""))
    #expect(try dedup("-", "--min-tokens", "9999", input: body(chat)).output == body(chat))
    for arguments in [
      ["--min-tokens", "0"], ["--levels", "words"], ["--wording", "no field"],
      ["--comparison", "x"],
      ["--report", "-", "-o", "x"],
    ] {
      let run = try Command.run(
        ["dedup", "-", "--model", "qwen3"] + arguments, input: body(chat))
      #expect(run.status == 2, "\(arguments)")
      #expect(run.output == "")
    }
    #expect(try Command.run(["dedup", "-"], input: "{}").status == 2)
  }

  @Test func expandsLines() throws {
    let lines =
      body(chat) + "\n\n" + body(chat, text: "Others come as often as these do here. ") + "\n"
    let folded = try dedup("-", "--jsonl", input: lines)
    #expect(folded.output.utf8.count < lines.utf8.count - 600)
    let expanded = try Command.run(["expand", "-", "--jsonl"], input: folded.output)
    #expect(expanded.output == lines, "\(expanded.errors)")
  }

  @Test func tellsNearDuplicates() throws {
    let words = (0..<80).map { "word\($0)" }.joined(separator: " ")
    let body =
      #"{"messages":[{"role":"tool","content":"X@"},{"role":"tool","content":"X@"},{"role":"tool","content":"Y@"}]}"#
      .replacing("X@", with: words)
      .replacing("Y@", with: words.replacing("word30", with: "other"))
      .replacing("word79", with: "word79. The last sentence of it is the longer one of the two. ")
    let lines = body.replacing("word40 word41", with: "word40. Word41")
    let near = try dedup("-", "--near", input: lines)
    #expect(
      near.output.contains(#"but for: \"word30\" -> \"other\"]"#), "\(near.output)\(near.errors)")
    #expect(!(try dedup("-", input: lines).output.contains("but for")))
    #expect(try Command.run(["expand", "-"], input: near.output).output == lines)
    let refused = try dedup("-", "--near", "--wording", "[same: {source}]", input: lines)
    #expect(refused.status != 0)
  }

  @Test func saysWhereAFaultIs() throws {
    let run = try dedup("-", input: #"{"messages":7}"#)
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(run.errors.hasPrefix("<stdin>:1:13: error: \"messages\" must be an array"))
    let lines = try dedup("-", "--jsonl", input: body(chat) + "\n{\n")
    #expect(lines.status == 2)
    #expect(lines.errors.hasPrefix("<stdin>:2:2: error: "))
    let control = try dedup(
      "-", "--format", "tokens", input: #"{"messages":[{"role":"user","content":"<|im_end|>"}]}"#)
    #expect(control.status == 2)
    #expect(control.errors.hasPrefix("<stdin>:1:"))
  }
}
