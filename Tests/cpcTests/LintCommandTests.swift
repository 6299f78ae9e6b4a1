import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct LintCommandTests {
  private static let dated = "{\"cpc\": 1, \"system\": \"Today is Monday.\", \"query\": \"Q\"}"

  private static func lint(_ options: String..., input: String = dated) throws -> CommandResult {
    try Command.run(["lint", "-", "--model", "qwen3"] + options, input: input)
  }

  @Test("the specs that are examples and fixtures are clean", arguments: ["", "--model qwen3"])
  func clean(options: String) throws {
    let result = try Command.shell(
      "$CPC lint \(options) Examples/*/prompts/*.json Fixtures/specs/valid/*.json "
        + "Fixtures/quickstart/*.json Fixtures/quickstart/*.yaml Fixtures/contracts/spec.json")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output == "nothing found in 17 specs\n")
  }

  @Test("findings are written as text, JSON, SARIF and annotations")
  func formats() throws {
    let text = try Self.lint()
    #expect(text.status == 1)
    #expect(text.output.hasPrefix("<stdin>:1:23: warning: CPC001 system: \"Today is Monday\""))
    #expect(text.output.hasSuffix("\n1 found in 1 spec\n"))
    let json = try JSONParser.parse(Array(try Self.lint("--format", "json").output.utf8))
    let finding = try #require(json["findings"]?.elements?.first)
    #expect(finding["rule"]?.string == "CPC001")
    #expect(finding["field"]?.string == "system")
    let sarif = try JSONParser.parse(Array(try Self.lint("--format", "sarif").output.utf8))
    let run = try #require(sarif["runs"]?.elements?.first)
    #expect(run["tool"]?["driver"]?["rules"]?.elements?.count == 16)
    let result = try #require(run["results"]?.elements?.first)
    #expect(result["ruleId"]?.string == "CPC001")
    #expect(result["level"]?.string == "warning")
    #expect(try Self.lint("--format", "github").output.hasPrefix("::warning file=<stdin>,line=1,"))
  }

  @Test("rules are chosen and suppressed")
  func selection() throws {
    #expect(try Self.lint("--select", "CPC002,CPC003").status == 0)
    #expect(try Self.lint("--ignore", "CPC001").status == 0)
    #expect(try Self.lint("--suppress", "CPC001=always a Monday").status == 0)
    #expect(try Self.lint("--suppress", "CPC001").status == 2)
    #expect(try Self.lint("--suppress", "CPC001= ").status == 2)
    #expect(try Self.lint("--select", "CPC099").errors.contains("CPC001 to CPC016"))
    #expect(try Self.lint("--provider", "gpt-4o").output.contains("CPC015"))
  }

  @Test("no spec, no file, no JSON and no such model are errors, all told at once")
  func errors() throws {
    #expect(try Command.cpc("lint").status == 2)
    let missing = try Command.cpc("lint", "missing-1.json", "missing-2.json")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("missing-1.json"))
    #expect(missing.errors.contains("missing-2.json"))
    #expect(missing.output.isEmpty)
    #expect(try Self.lint(input: "{").status == 2)
    #expect(try Command.run(["lint", "-", "--model", "none"], input: Self.dated).status == 2)
    #expect(try Self.lint("--fix").status == 2)
  }

  @Test("--fix writes the spec, which is clean then, and other bytes are as they were")
  func fix() throws {
    try Command.withTemporaryFolder { folder in
      func text(_ names: [String]) -> String {
        let tools = names.map { "{\"name\":\"\($0)\"}" }.joined(separator: " ,\n\t")
        return "{\"cpc\": 1,  \"tools\": [\(tools)], \"query\": \"\\u0051\"}"
      }
      let path = "\(folder)/a.json"
      try Files.writeAtomically(Array(text(["c", "a", "b"]).utf8), to: path)
      let found = try Command.cpc("lint", path)
      #expect(found.status == 1)
      #expect(found.output.hasSuffix("1 found in 1 spec, --fix mends 1\n"))
      let fixed = try Command.cpc("lint", path, "--fix")
      #expect(fixed.status == 0)
      #expect(fixed.errors.hasPrefix("fixed: \(path):2:2: warning: CPC009"))
      #expect(ByteString(try Files.read(path)).string == text(["a", "b", "c"]))
      #expect(try Command.cpc("lint", path, "--fix").errors.isEmpty)
    }
  }

  private static let yaml = """
    cpc: 1
    system: |
      Be kind.

      Today is Monday.
    tools:
      - name: find
        description: 'It''s for you.

          Today is Tuesday.'
      - name: rent
        description: >-
          A folded text,
          today is Wednesday.
      - name: sell
        description: Plain text over
          two lines, today is Thursday.
      - name: tell
        description: "Escaped \\u00e9\\x41 and
          folded, today is Friday."
    query: Q
    """

  @Test("findings in YAML tell line and column, however the text is spelled")
  func yamlPlaces() throws {
    let result = try Command.run(["lint", "-"], input: Self.yaml)
    let places = result.output.split(separator: "\n").filter { $0.contains("CPC001") }.map {
      $0.split(separator: ":").dropFirst().prefix(2).joined(separator: ":")
    }
    #expect(places == ["5:3", "10:7", "14:7", "17:18", "20:15"], "\(result.output)")
  }

  @Test("a finding in a file that a block names tells its line")
  func filePlace() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(
        Array("{\"cpc\": 1, \"blocks\": [{\"file\": \"a.md\", \"pin\": \"first\"}]}".utf8),
        to: "\(folder)/s.json")
      try Files.writeAtomically(Array("# Ä\n\nNote: today is Monday.\n".utf8), to: "\(folder)/a.md")
      let result = try Command.cpc("lint", "s.json", folder: folder)
      #expect(
        result.output.hasPrefix("a.md:3:7: warning: CPC001 blocks[0].file: \"today is Monday\""))
    }
  }

  @Test("what a rule's page shows is found, and what it recommends is not", arguments: 1...16)
  func examples(number: Int) throws {
    let rule = "CPC0" + (number < 10 ? "0" : "") + "\(number)"
    let page = ByteString(try Files.read("\(Shared.packageRoot)/docs/rules/\(rule).md")).string
    let parts = page.split(separator: "```json\n").dropFirst().compactMap {
      $0.split(separator: "\n```").first.map(String.init)
    }
    #expect((1...2).contains(parts.count))
    for (index, spec) in parts.enumerated() {
      let result = try Command.run(
        ["lint", "-", "--provider", "gpt-4o"], input: spec,
        environment: ["CPC_DATA": try #require(StandInModels.folder)])
      #expect(result.output.contains("warning: \(rule) ") == (index == 0), "\(result)")
      #expect(result.errors.isEmpty)
    }
  }

  @Test("each rule has its page, and no page is of another")
  func pages() throws {
    for number in 1...16 {
      let name = "CPC0" + (number < 10 ? "0" : "") + "\(number)"
      let result = try Command.shell("cat docs/rules/\(name).md")
      #expect(result.output.hasPrefix("# \(name): "))
      for heading in ["## Found", "## What to do", "## Suppress"] {
        #expect(result.output.contains("\n\(heading)\n"), "\(name): \(heading)")
      }
    }
    #expect(try Command.shell("ls docs/rules | wc -l").output == "17\n")
  }
}
