import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc dedup --documents` and `--cache-marks` as users run them.
@Suite struct DedupDocumentsTests {
  private func dedup(_ arguments: String..., input: String) throws -> CommandResult {
    try Command.run(["dedup", "-"] + arguments, input: input)
  }

  private func body(_ names: [String], _ question: String = "Why?") -> String {
    let documents = names.map { "<doc id='\($0)'>Words of document \($0).</doc>" }.joined()
    return
      #"{"model": "m", "messages":[{"role":"user","content":"<docs>@</docs>\n\#(question)"}], "n":1.0}"#
      .replacing("@", with: documents)
  }

  @Test func ordersDocumentsOfLines() throws {
    let input = [body(["b", "a"]), body(["a", "b", "c"], "Who?")].joined(separator: "\n") + "\n"
    let expected =
      [body(["b", "a"]), body(["b", "a", "c"], "Who?")].joined(separator: "\n") + "\n"
    // Nothing of this needs a model.
    let run = try dedup("--passes", "none", "--documents", "auto", "--jsonl", input: input)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == expected)
    let other = try dedup(
      "--passes", "none", "--documents", "numbered", "--jsonl", input: input)
    #expect(other.output == input)
    let scope = try dedup(
      "--passes", "none", "--documents", "auto", "--document-scope", "system", "--jsonl",
      input: input)
    #expect(scope.output == input)
    let line = try dedup(
      "--passes", "none", "--documents", "xml_tag", "--document-tag", "doc",
      "--annotate-documents", "--jsonl", input: input)
    #expect(line.output.contains(#"</docs>\n[Most important first: a, b, c]\nWho?"#))
  }

  @Test func remembersInAnIndex() throws {
    try Command.withTemporaryFolder { folder in
      let index = folder + "/index.db"
      let arguments = ["--documents", "auto", "--index", index, "--model", "qwen3"]
      let first = try Command.run(["dedup", "-"] + arguments, input: body(["b", "a"]))
      #expect(first.output == body(["b", "a"]), "\(first.errors)")
      let report = try Command.run(
        ["dedup", "-", "--report", "-"] + arguments, input: body(["a", "b"]))
      let line = try JSONParser.parse(Array(report.output.utf8))["bodies"]?.elements?.first
      let group = try #require(line?["documents"]?.elements?.first)
      #expect(group["form"]?.string == "xml_tag")
      #expect(group["path"]?.string == "/messages/0/content")
      #expect(group["order"].map { JSONWriter.write($0.value) } == Array("[1,0]".utf8))
      let tenant = try Command.run(
        ["dedup", "-", "--tenant", "t"] + arguments, input: body(["a", "b"]))
      #expect(tenant.output == body(["a", "b"]))
      // What an earlier turn sent is sent again.
      let turn = body(["a", "b"]).replacing(
        "}],", with: #"},{"role":"assistant","content":"So."},{"role":"user","content":"And?"}],"#)
      let next = try Command.run(["dedup", "-"] + arguments, input: turn)
      #expect(next.output.hasPrefix(body(["b", "a"]).prefix(80)))
    }
  }

  @Test func putsInCacheMarks() throws {
    let text = String(repeating: "abc ", count: 1500)
    let input =
      #"{"model":"claude-sonnet-4-5","system":"@","messages":[{"role":"user","content":"Q"}]}"#
      .replacing("@", with: text)
    let mark = #","cache_control":{"type":"ephemeral"}"#
    let expected =
      (#"{"model":"claude-sonnet-4-5","system":[{"type":"text","text":"@"\#(mark)}],"#
      + #""messages":[{"role":"user","content":[{"type":"text","text":"Q"\#(mark)}]}]}"#)
      .replacing("@", with: text)
    let run = try dedup("--passes", "none", "--cache-marks", "anthropic", input: input)
    #expect(run.output == expected, "\(run.errors)")
    // Marked again it stays.
    let again = try dedup("--passes", "none", "--cache-marks", "anthropic", input: expected)
    #expect(again.output == expected)
    let hour = try dedup(
      "--passes", "none", "--cache-marks", "anthropic", "--cache-ttl", "1h",
      "--conversation-reads", "0", input: input)
    #expect(hour.output.contains(#""cache_control":{"type":"ephemeral","ttl":"1h"}}],"#))
    #expect(hour.output.hasSuffix(#""content":"Q"}]}"#))
    let report = try dedup(
      "--cache-marks", "anthropic", "--model", "qwen3", "--report", "-", input: input)
    let line = try JSONParser.parse(Array(report.output.utf8))["bodies"]?.elements?.first
    let boundaries = line?["cache_marks"]?.elements?.map { $0["boundary"]?.string }
    #expect(boundaries == ["system", "conversation"])
    let chat = input.replacing("claude-sonnet-4-5", with: "gpt-5.6").replacing(
      #""system":"\#(text)","messages":["#,
      with: #""messages":[{"role":"system","content":"\#(text)"},"#)
    let openai = try dedup("--passes", "none", "--cache-marks", "openai", input: chat)
    #expect(openai.output.contains(#","prompt_cache_options":{"mode":"explicit"}}"#))
    #expect(openai.output.contains(#""text":"Q","prompt_cache_breakpoint":{"mode":"explicit"}}"#))
  }

  @Test(arguments: [
    ["--documents", "x"], ["--document-tag", "x"], ["--annotate-documents"], ["--index", "x"],
    ["--documents", "auto", "--index", "x"], ["--cache-marks", "x"], ["--cache-ttl", "1h"],
    ["--cache-marks", "anthropic", "--cache-ttl", "2h"],
    ["--cache-marks", "anthropic", "--caches", "no-such-file"],
  ]) func refusesWhatCannotBe(arguments: [String]) throws {
    let run = try Command.run(["dedup", "-", "--passes", "none"] + arguments, input: body(["a"]))
    #expect(run.status == 2, "\(arguments)")
    #expect(run.output == "")
  }
}
