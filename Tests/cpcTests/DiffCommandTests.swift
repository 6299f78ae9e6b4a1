import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc diff`: what it says of two prompts, its exit codes, its page.
@Suite struct DiffCommandTests {
  private static let spec = """
    {
      "cpc": 1,
      "model": "qwen3",
      "system": "Answer from the documents.",
      "blocks": [
        {"id": "refunds", "text": "A refund takes 14 days.\\nNo fee."},
        {"id": "shipping", "text": "Parcels leave at noon."}
      ],
      "query": "How long?"
    }
    """

  private static func diff(
    _ first: String, _ second: String, _ arguments: [String] = [], names: (String, String)
  ) throws -> CommandResult {
    try Command.withTemporaryFolder { folder in
      for (name, text) in [(names.0, first), (names.1, second)] {
        try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
      }
      let result = try Command.run(["diff", names.0, names.1] + arguments, folder: folder)
      if let page = arguments.firstIndex(of: "--html").map({ arguments[$0 + 1] }) {
        try HTMLPage.check("\(folder)/\(page)")
      }
      return result
    }
  }

  @Test func namesTheTokenTheFieldAndThePlace() throws {
    let other = Self.spec.replacing("14 days", with: "30 days")
    let result = try Self.diff(Self.spec, other, names: ("a.json", "b.json"))
    #expect(result.status == 1)
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines[1] == "the text of block refunds differs")
    #expect(lines.contains(#"< a.json:6:47, field "blocks[0].text""#))
    #expect(lines.contains(#"> b.json:6:47, field "blocks[0].text""#))
    #expect(lines.contains { $0.contains("·takes│·┃1│4│·days") })
    #expect(
      lines.contains { $0.hasPrefix("A refund takes 14 days.") && $0.contains(" | A refund") })
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test(arguments: [
    (
      "\"order\": \"given\"",
      "the blocks stand in another order: block refunds here, block shipping there"
    )
  ])
  func tellsOrderFromContent(policy: String, reason: String) throws {
    let spec = Self.spec.replacing("\"cpc\": 1,", with: "\"cpc\": 1, \"policy\": {\(policy)},")
    let other = """
      {"cpc": 1, "model": "qwen3", "policy": {\(policy)}, "system": "Answer from the documents.",
      "blocks": [{"id": "shipping", "text": "Parcels leave at noon."},
      {"id": "refunds", "text": "A refund takes 14 days.\\nNo fee."}], "query": "How long?"}
      """
    let result = try Self.diff(
      spec, other, ["--format", "json"], names: ("a.json", "b.json"))
    let json = try JSONParser.parse(Array(result.output.utf8))
    #expect(json["reason"]?.string == ByteString(reason))
    #expect(json["relation"]?.string == "differ")
    guard case .number(let movable)? = json["movable_tokens"]?.value else {
      Issue.record("no number")
      return
    }
    #expect((movable.integer ?? 0) > 20)
  }

  @Test func readsWhatCompileWrites() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(Array(Self.spec.utf8), to: "\(folder)/spec.json")
      for format in ["json", "text", "tokens", "openai"] {
        let compiled = try Command.run(
          ["compile", "spec.json", "--format", format, "-o", "out.\(format)"], folder: folder)
        #expect(compiled.status == 0)
        let result = try Command.run(["diff", "spec.json", "out.\(format)"], folder: folder)
        #expect(result.status == 0, "\(format): \(result.output)\(result.errors)")
        #expect(result.output.contains("the prompts have the same tokens"))
      }
    }
  }

  @Test func aBeginningIsNoDifference() throws {
    let result = try Self.diff(
      "One line.\n", "One line.\nTwo lines.\n", ["--model", "qwen3", "--format", "json"],
      names: ("a.txt", "b.txt"))
    #expect(result.status == 0)
    #expect(result.output.contains("\"relation\": \"first_is_prefix\""))
  }

  @Test(arguments: [
    ("{\"cpc\": 1, \"blcoks\": []}", "a.json:1:12: error: unknown key"),
    ("{\"tokens\": [1, -1]}", "a.json:1:16: error: a token id"),
    ("{\"tokens\": [99999999]}", "a.json"),
    ("{", "a.json:1:2: error"),
  ])
  func refusesWhatItCannotRead(text: String, message: String) throws {
    let result = try Self.diff(
      text, Self.spec, ["--model", "qwen3"], names: ("a.json", "b.json"))
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }

  @Test func thePageHoldsHostileTextAsText() throws {
    let hostile = "</script><img src=x onerror='1'> \u{202E}\u{1B}[31m & \\\"q\\\" ]]> \u{200B}"
      .replacing("\u{1B}", with: "\\u001b")
    let other = Self.spec.replacing("14 days", with: hostile)
    let result = try Self.diff(
      Self.spec, other, ["--html", "page.html"], names: ("a.json", "b'<.json"))
    #expect(result.status == 1)
  }

  @Test func coloursOnlyWhereToldTo() throws {
    let result = try Self.diff(
      "a\n", "b\n", ["--model", "qwen3", "--color", "always"], names: ("a.txt", "b.txt"))
    #expect(result.output.contains("\u{1B}[31ma\u{1B}[0m"))
    #expect(result.output.contains("\u{1B}[32mb\u{1B}[0m"))
  }
}
