import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct IndexCommandTests {
  /// Calls `body` with an index of the three specs of the quickstart.
  private static func withIndex(_ body: (String) throws -> Void) throws {
    try Command.withTemporaryFolder { folder in
      for number in 1...3 {
        _ = try CompileIndexTests.compile(number, index: folder + "/i.db")
      }
      try body(folder + "/i.db")
    }
  }

  /// The lines without what changes from run to run: dates, and digests of what has no label.
  private static func lines(_ result: CommandResult) -> [String] {
    result.output.split(separator: "\n").map { line in
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      return words.filter { !$0.hasPrefix("20") && $0.filter { $0 == ":" }.count < 2 }
        .joined(separator: " ")
    }
  }

  @Test("stats counts what is there")
  func stats() throws {
    try Self.withIndex { path in
      let text = try Command.cpc("index", "stats", path)
      #expect(text.status == 0)
      #expect(text.output.hasPrefix("MODEL  TENANT  SEQUENCES  LEARNED  BLOCKS  TOKENS  FIRST "))
      let words = text.output.split(separator: "\n")[1].split(separator: " ")
      #expect(words.prefix(4) == ["qwen3", "3", "0", "6"])
      let json = try Command.cpc("index", "stats", "--format", "json", path)
      let key = try JSONParser.parse(Array(json.output.utf8))["keys"]?.elements?.first
      #expect(key?["sequences"]?.integer == 3)
      #expect(key?["blocks"]?.integer == 6)
      // The six blocks have 4829 tokens.
      let tokens = try #require(key?["tokens"]?.integer)
      #expect((4830...4900).contains(tokens))
    }
  }

  @Test("show draws the tree with labels and tokens")
  func show() throws {
    try Self.withIndex { path in
      let text = try Command.cpc("index", "show", path)
      let lines = Self.lines(text)
      #expect(lines.first == "qwen3: 3 sequences")
      #expect(lines[1].hasSuffix(" tokens, 3 sequences,"))
      #expect(
        lines.dropFirst(2).sorted() == [
          "        pricing: 806 tokens, 1 sequence,", "      metrics: 788 tokens, 2 sequences,",
          "      routing: 759 tokens, 1 sequence,",
          "    runbook, deploy-notes, vllm-cache: 2476 tokens, 3 sequences,",
        ])
      let json = try Command.cpc("index", "show", "--format", "json", path)
      let edges = try JSONParser.parse(Array(json.output.utf8))["keys"]?.elements?.first?["edges"]
      #expect(edges?.elements?.map { $0["depth"]?.integer ?? -1 }.sorted() == [0, 1, 2, 2, 3])
    }
  }

  @Test("export writes each sequence in a line")
  func export() throws {
    try Self.withIndex { path in
      let lines = try Command.cpc("index", "export", path).output.split(separator: "\n")
      #expect(lines.count == 3)
      let last = try JSONParser.parse(Array(lines[2].utf8))
      #expect(
        last["blocks"]?.elements?.compactMap { $0["label"]?.string } == [
          "runbook", "deploy-notes", "vllm-cache", "metrics", "pricing",
        ])
      #expect(last["model"]?.string == "qwen3")
    }
  }

  @Test("prune removes what is old, and what is too much")
  func prune() throws {
    try Self.withIndex { path in
      let none = try Command.cpc("index", "prune", "--older-than", "1h", path)
      #expect(none.output.hasPrefix("0 sequences removed, 3 left, "))
      let two = try Command.cpc("index", "prune", "--keep", "1", path)
      #expect(two.output.hasPrefix("2 sequences removed, 1 left, "))
      let rest = try Command.cpc("index", "prune", "--older-than", "0s", path)
      #expect(rest.output.hasPrefix("1 sequences removed, 0 left, "))
      for arguments in [
        [], ["--keep", "-1"], ["--older-than", "7"], ["--older-than", "9999999999999999w"],
      ] {
        #expect(try Command.run(["index", "prune", path] + arguments).status == 2)
      }
    }
  }

  @Test("a missing index is an error that says how one is made")
  func missing() throws {
    for name in ["stats", "show", "export", "prune --keep 1"] {
      let result = try Command.run(
        ["index"] + name.split(separator: " ").map(String.init) + ["no/such.db"])
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors.hasPrefix("no/such.db: error: there is no such index: "))
    }
  }

  /// Specs in which one block is asked for by all, but is nobody's most important one.
  private static func log() -> String {
    (1...6).map { number in
      let own = String(repeating: "Only \(number). ", count: 30)
      let common = String(repeating: "For all. ", count: 60)
      return
        #"{"cpc":1,"system":"S","query":"Q\#(number)","blocks":[{"id":"own\#(number)","text":"\#(own)"},"#
        + #"{"id":"common","text":"\#(common)"}]}"# + "\n"
    }.joined()
  }

  @Test("an index that learned from a log lays out the first request by it")
  func learn() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(Array(Self.log().utf8), to: folder + "/log.jsonl")
      let path = folder + "/i.db"
      let result = try Command.cpc(
        "index", "learn", folder + "/log.jsonl", "-o", path, "--model", "qwen3")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == "6 requests learned\n")
      let shown = Self.lines(try Command.cpc("index", "show", path))
      #expect(shown[0] == "qwen3: 6 sequences learned")
      #expect(shown[2].hasPrefix("    common: "))
      let spec = Self.log().replacing("own1", with: "new").replacing("Only 1", with: "New")
        .split(separator: "\n")[0]
      let compiled = try Command.run(
        ["compile", "-", "--model", "qwen3", "--index", path, "--format", "text"],
        input: String(spec))
      let places = ["common", "new"].map { compiled.output.firstRange(of: "<doc id=\"\($0)\">") }
      let (common, new) = (try #require(places[0]), try #require(places[1]))
      #expect(common.lowerBound < new.lowerBound)
      // Learning the same again adds nothing.
      _ = try Command.cpc("index", "learn", folder + "/log.jsonl", "-o", path, "--model", "qwen3")
      #expect(try Command.cpc("index", "export", path).output.split(separator: "\n").count == 7)
    }
  }

  @Test("a line of the log that is no spec is an error with its number")
  func learnFaults() throws {
    try Command.withTemporaryFolder { folder in
      let learn = ["index", "learn", "-", "-o", folder + "/i.db", "--model", "qwen3"]
      let result = try Command.run(learn, input: Self.log() + "\n{\"cpc\":1,\"blcoks\":[]}\n")
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("<stdin>:8:10: error: unknown key \"blcoks\""))
      #expect(!Files.exists(folder + "/i.db"))
      #expect(try Command.run(learn, input: "").errors.contains("no request in the log"))
    }
  }
}
