import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct CheckCommandTests {
  /// Calls `body` with a copy of the example repository, locked for qwen3.
  private static func withRepository(_ body: (String) throws -> Void) throws {
    try Command.withTemporaryFolder { folder in
      let copied = try Command.shell("cp -r Examples/prompts-repo \(folder)/repo")
      #expect(copied.status == 0)
      let locked = try Command.shell(
        "$CPC lock prompts/*.json --model qwen3", folder: "\(folder)/repo")
      #expect(locked.status == 0, "\(locked.errors)")
      try body("\(folder)/repo")
    }
  }

  private static let plantDate =
    "sed -i 's/\"You are/\"Today is 2026-11-23. You are/' prompts/a.json && "

  @Test(
    "a lock is the same whatever order the specs are named in, and holds no path of the machine")
  func lock() throws {
    try Self.withRepository { folder in
      let first = try Files.read("\(folder)/cpc.lock")
      let again = try Command.shell(
        "cd prompts && $CPC lock ./b.json ../prompts/a.json --lock ../cpc.lock --model qwen3",
        folder: folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try Files.read("\(folder)/cpc.lock") == first)
      #expect(!ByteString(first).string.contains(folder))
      #expect(ByteString(first).string.contains("\"spec\": \"prompts/a.json\""))
    }
  }

  @Test("what is as locked ends with 0, also from a folder below")
  func same() throws {
    try Self.withRepository { folder in
      let result = try Command.cpc("check", folder: folder)
      #expect(result.status == 0)
      #expect(result.output == "2 prompts are as cpc.lock has them\n")
      #expect(try Command.cpc("check", "a.json", folder: "\(folder)/prompts").status == 0)
    }
  }

  @Test("a planted date is explained")
  func date() throws {
    try Self.withRepository { folder in
      let result = try Command.shell(
        Self.plantDate + "$CPC check --requests-per-day 1000 --price-of gpt-4o", folder: folder)
      #expect(result.status == 1)
      #expect(result.output.hasPrefix("prompts/a.json:4:14: error: "))
      #expect(result.output.contains("system changed"))
      #expect(result.output.contains("«Today»·is·2026-11-23"))
      #expect(result.output.contains("USD a day at the prices of gpt-4o"))
      #expect(result.output.hasSuffix("1 of 2 prompts differ from cpc.lock, 1 are the same\n"))
      #expect(try Command.cpc("check", "prompts/b.json", folder: folder).status == 0)
    }
  }

  @Test("JSON, SARIF and GitHub annotations tell file and line")
  func formats() throws {
    try Self.withRepository { folder in
      let github = try Command.shell(
        Self.plantDate + "$CPC check --format github", folder: folder)
      #expect(github.status == 1)
      #expect(github.output.hasPrefix("::error file=prompts/a.json,line=4,col=14,title="))
      #expect(github.output.split(separator: "\n").count == 1)
      let json = try JSONParser.parse(
        Array(try Command.cpc("check", "--format", "json", folder: folder).output.utf8))
      let difference = try #require(json["differences"]?.elements?.first)
      #expect(difference["field"]?.string == "system")
      #expect(difference["locked"]?["text"]?.string == "You")
      let sarif = try JSONParser.parse(
        Array(try Command.cpc("check", "--format", "sarif", folder: folder).output.utf8))
      #expect(sarif["version"]?.string == "2.1.0")
      let result = try #require(sarif["runs"]?.elements?.first?["results"]?.elements?.first)
      let place = result["locations"]?.elements?.first?["physicalLocation"]
      #expect(place?["artifactLocation"]?["uri"]?.string == "prompts/a.json")
      #expect(result["ruleId"]?.string == "prefix-changed")
    }
  }

  @Test(
    "a difference in YAML tells line and column",
    arguments: [
      ("s/Answer/Today. Answer/", "s.yaml:4:3: error"),
      ("s/ station/ shop/", "s.yaml:8:16: error"),
      ("s/ landmark/ house/", "s.yaml:11:22: error"),
    ])
  func yaml(edit: String, place: String) throws {
    try Command.withTemporaryFolder { folder in
      let spec = """
        cpc: 1
        system: |
          You are kind.
          Answer briefly.
        tools:
          - name: find
            description: Finds the
              nearest station.
            parameters:
              place: >-
                A town, or a landmark.
        query: Q
        """
      try Files.writeAtomically(Array(spec.utf8), to: "\(folder)/s.yaml")
      let result = try Command.shell(
        "$CPC lock s.yaml --model qwen3 && sed -i '\(edit)' s.yaml && $CPC check", folder: folder)
      #expect(result.status == 1, "\(result.errors)")
      #expect(result.output.hasPrefix(place), "\(result.output)")
    }
  }

  @Test("an update locks the change")
  func update() throws {
    try Self.withRepository { folder in
      let result = try Command.shell(
        Self.plantDate + "cp prompts/b.json prompts/c.json && rm prompts/b.json && "
          + "$CPC check --update prompts/c.json && $CPC check", folder: folder)
      #expect(result.status == 0, "\(result.errors)")
      let lock = ByteString(try Files.read("\(folder)/cpc.lock")).string
      #expect(lock.contains("prompts/c.json") && !lock.contains("prompts/b.json"))
    }
  }

  @Test(
    "what cannot be compared is no pass",
    arguments: [
      ("rm cpc.lock", "check", "write one with"),
      ("rm prompts/a.json", "check", "prompts/a.json"),
      ("cp prompts/a.json prompts/c.json", "check prompts/c.json", "is not in cpc.lock"),
      ("echo '{\"schema_version\":1,\"models\":[],\"prompts\":[]}' > cpc.lock", "check", "nothing"),
      ("echo '{' > prompts/a.json", "check", "prompts/a.json:2:1"),
      ("true", "check --requests-per-day 5 --price-of none", "no model \"none\""),
      ("true", "lock ../x.json --model qwen3", "is not in the folder"),
      ("true", "lock prompts/a.json --model qwen3,", "a name is missing"),
    ])
  func faults(prepare: String, command: String, message: String) throws {
    try Self.withRepository { folder in
      let result = try Command.shell("\(prepare) && $CPC \(command)", folder: folder)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
