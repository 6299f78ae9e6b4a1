import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct LintCommandTests {
  private static let dated = "{\"cpc\": 1, \"system\": \"Today is Monday.\", \"query\": \"Q\"}"

  private static func lint(_ options: String...) throws -> CommandResult {
    try Command.run(["lint", "-", "--model", "qwen3"] + options, input: dated)
  }

  @Test("the example repository is clean")
  func clean() throws {
    let result = try Command.shell(
      "$CPC lint prompts/*.json", folder: Shared.packageRoot + "/Examples/prompts-repo")
    #expect(result.status == 0)
    #expect(result.output == "nothing found in 2 specs\n")
  }

  @Test("findings are written as text, JSON, SARIF and annotations")
  func formats() throws {
    let text = try Self.lint()
    #expect(text.status == 1)
    #expect(text.output.hasPrefix("<stdin>:1:23: warning: CPC001 system: \"Today is Monday\""))
    let json = try JSONParser.parse(Array(try Self.lint("--format", "json").output.utf8))
    #expect(json["findings"]?.elements?.first?["rule"]?.string == "CPC001")
    let sarif = try JSONParser.parse(Array(try Self.lint("--format", "sarif").output.utf8))
    #expect(
      sarif["runs"]?.elements?.first?["results"]?.elements?.first?["ruleId"]?.string == "CPC001")
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

  @Test("each rule has its page")
  func pages() throws {
    for number in 1...16 {
      let name = "CPC0" + (number < 10 ? "0" : "") + "\(number)"
      let result = try Command.shell("head -1 docs/rules/\(name).md")
      #expect(result.output.hasPrefix("# \(name): "))
    }
  }
}
