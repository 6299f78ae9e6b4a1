import Bytes
import Foundation
import OrderedJSON
import TestSupport
import Testing

/// `cpc simulate`, as users run it.
@Suite struct SimulateCommandTests {
  private static let prompts = """
    {"index":0,"orig_tokens":6,"tokens":[1,2,3,4,5,6]}
    {"tokens": [1, 2, 3, 4, 9], "id": "a, \\"b\\" ]}"}

    {"tokens":[],"x":{"y":[{"z":1}]}}
    {"tokens":[1,2,3,4,9]}
    """
  private static let trace = """
    {"timestamp": 0, "input_length": 1100, "output_length": 5, "hash_ids": [0, 1, 2]}
    {"timestamp": 2500, "input_length": 1500, "output_length": 5, "hash_ids": [0, 1, 3]}
    """

  /// Runs a line of Python. Returns its exit code.
  private static func python(_ code: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", code] + arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Writes `text` to a new file in `folder`, packed by Python's gzip. Returns the path.
  private static func gzip(_ text: String, in folder: String) throws -> String {
    let path = folder + "/trace.jsonl.gz"
    let code = "import gzip,sys; open(sys.argv[1],'wb').write(gzip.compress(sys.argv[2].encode()))"
    try #require(try python(code, path, text) == 0)
    return path
  }

  /// Whether Python's parser takes a file for XML.
  private static func isXML(_ path: String) throws -> Bool {
    try python("import sys,xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])", path) == 0
  }

  private static func simulate(
    _ arguments: String..., input: String
  ) throws -> CommandResult {
    try Command.run(["simulate", "-"] + arguments, input: input)
  }

  @Test func listsWhatEachCacheFoundOfEachPrompt() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/out/prompts.jsonl"
      let result = try Self.simulate(
        "--cache-model", "llama-slots:1", "--cache-model", "radix", "--cache-tokens", "unlimited",
        "--prompts", path, input: Self.prompts)
      #expect(result.status == 0)
      let lines = String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 8)
      let start = #"{"file":"<stdin>","index":"#
      let slots = #""cache_model":"llama-slots:1","cache_tokens":null,"#
      #expect(lines[0] == start + "0," + slots + #""prompt_tokens":6,"hit_tokens":0}"#)
      #expect(lines[2] == start + "1," + slots + #""prompt_tokens":5,"hit_tokens":4}"#)
      // The prompt without tokens took the place of the one before it.
      #expect(lines[6] == start + "3," + slots + #""prompt_tokens":5,"hit_tokens":0}"#)
      #expect(lines[7].hasSuffix(#""prompt_tokens":5,"hit_tokens":4}"#))
    }
  }

  /// Requests whose blocks come in other orders share more the better they are laid out.
  @Test func comparesOrders() throws {
    let lines = ["a b c", "c b a", "b c a"].enumerated().map { number, names in
      let blocks = names.split(separator: " ").map { name in
        let text = (0..<30).map { "Sentence \($0) of \(name)." }.joined(separator: " ")
        return #"{"id":"\#(name)","text":"\#(text)"}"#
      }
      return #"{"cpc":1,"blocks":[\#(blocks.joined(separator: ","))],"query":"\#(number)?"}"#
    }
    try Command.withTemporaryFolder { folder in
      let path = folder + "/requests.jsonl"
      try Files.writeAtomically(Array(lines.joined(separator: "\n").utf8), to: path)
      let result = try Command.cpc(
        "simulate", path, "--order", "given", "--order", "offline", "--model", "qwen3",
        "--cache-tokens", "unlimited", "--format", "json")
      #expect(result.errors == "")
      #expect(result.output.contains("requests.jsonl, given"))
      #expect(result.output.contains("requests.jsonl, offline"))
      let hits = result.output.split(separator: "\n").compactMap { line in
        line.contains("hit_tokens")
          ? Int(line.filter { ("0"..."9").contains($0) }) : nil
      }
      try #require(hits.count == 2)
      #expect(hits[0] < 100)
      #expect(hits[1] > 600)
    }
    #expect(try Self.simulate("--order", "given", input: "").status == 2)
  }

  @Test func printsATable() throws {
    let result = try Self.simulate(
      "--cache-model", "radix", "--cache-model", "paged:2", "--cache-tokens", "unlimited",
      "--cache-tokens", "2", input: Self.prompts)
    #expect(result.errors == "")
    #expect(result.status == 0)
    #expect(
      result.output == """
        FILE     MODEL        CACHE  REQUESTS  PROMPT TOKENS  HIT TOKENS  HIT RATIO  COLD TOKENS  MEAN TTFT
        <stdin>  radix            2         4             16           4     0.2500           12    0.004 s
        <stdin>  radix    unlimited         4             16           8     0.5000            8    0.004 s
        <stdin>  paged:2          2         4             16           4     0.2500           12    0.004 s
        <stdin>  paged:2  unlimited         4             16           8     0.5000            8    0.004 s

        """)
  }

  @Test func writesJSON() throws {
    let result = try Self.simulate(
      "--format", "json", "--cache-model", "paged:512", "--cache-tokens", "unlimited",
      "--cache-tokens", "1k", "--ttft-base", "1", "--ttft-token", "0", "--ttft-pair", "0",
      input: Self.trace)
    let json = try JSONParser.parse(Array(result.output.utf8))
    let caches = try #require(json["caches"]?.elements)
    let texts = caches.map { String(decoding: JSONWriter.write($0.value), as: UTF8.self) }
    #expect(
      texts == [
        #"{"file":"<stdin>","cache_model":"paged:512","cache_tokens":1000,"requests":2,"#
          + #""prompt_tokens":2600,"hit_tokens":512,"hit_ratio":0.196923,"cold_tokens":2088,"#
          + #""mean_ttft":1.000000}"#,
        #"{"file":"<stdin>","cache_model":"paged:512","cache_tokens":null,"requests":2,"#
          + #""prompt_tokens":2600,"hit_tokens":1024,"hit_ratio":0.393846,"cold_tokens":1576,"#
          + #""mean_ttft":1.000000}"#,
      ])
  }

  @Test func readsGzipAndSeveralMembersOfIt() throws {
    try Command.withTemporaryFolder { folder in
      let path = try Self.gzip(Self.trace + "\n", in: folder)
      let member = try Files.read(path)
      try Files.writeAtomically(member + member, to: path)
      let result = try Command.cpc(
        "simulate", path, "--cache-model", "paged:512", "--cache-tokens", "unlimited")
      #expect(result.errors == "")
      #expect(result.output.contains(" 4           5200        3072 "))
      try Files.writeAtomically(Array(member.dropLast(9)), to: path)
      let short = try Command.cpc("simulate", path)
      #expect(short.status == 2)
      #expect(short.errors == "\(path): error: the gzip data end too early\n")
      var damaged = member
      for index in 12..<20 { damaged[index] ^= 0xFF }
      try Files.writeAtomically(damaged, to: path)
      let result2 = try Command.cpc("simulate", path)
      #expect(result2.errors == "\(path): error: the gzip data are damaged\n")
    }
  }

  @Test func drawsTheHitRatioOverTheSize() throws {
    try Command.withTemporaryFolder { folder in
      let plot = folder + "/new/hits.svg"
      let result = try Self.simulate(
        "--cache-model", "radix", "--cache-model", "paged:2", "--plot", plot, input: Self.prompts)
      #expect(result.status == 0)
      // The table has its own sizes.
      #expect(result.output.split(separator: "\n").count == 1 + 2 * 5)
      let svg = try Files.read(plot)
      #expect(try Self.isXML(plot))
      let text = String(decoding: svg, as: UTF8.self)
      #expect(text.contains("<title>paged:2, unlimited: 50.0 %</title>"))
      #expect(text.components(separatedBy: "<polyline").count == 3)
      let again = try Self.simulate(
        "--cache-model", "radix", "--cache-model", "paged:2", "--plot", plot, input: Self.prompts)
      #expect(again.status == 0)
      #expect(try Files.read(plot) == svg)
    }
  }

  @Test func aNameWithMarkupIsText() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/a<&>\u{1}.jsonl"
      try Files.writeAtomically(Array(Self.prompts.utf8), to: path)
      let plot = folder + "/hits.svg"
      let sizes = ["--cache-tokens", "1k", "--plot", plot]
      let result = try Command.run(["simulate", path] + sizes)
      #expect(result.status == 0)
      #expect(try Self.isXML(plot))
    }
  }

  @Test func anEmptyFileHasNoRequests() throws {
    let result = try Self.simulate("--cache-tokens", "1k", input: "\n")
    #expect(result.status == 0)
    #expect(result.output.contains("<stdin>  radix     1k         0"))
  }

  @Test(arguments: [
    ("[1]", ":1:1: error: expected an object"),
    ("{}", ":1:1: error: neither \"tokens\" nor \"hash_ids\": not a prompt of a trace"),
    ("{\"tokens\":[1,]}", ":1:14: error: not a token id"),
    ("{\"tokens\":[-1]}", ":1:12: error: not a token id"),
    ("{\"tokens\":[1.5]}", ":1:13: error: expected ',' or ']'"),
    ("{\"tokens\":[01]}", ":1:12: error: not a token id"),
    ("{\"tokens\":[4294967296]}", ":1:12: error: not a token id"),
    ("{\"tokens\":7}", ":1:11: error: expected an array of integers"),
    ("{\"tokens\":[1]", ":1:14: error: expected ',' or '}'"),
    ("{\"tokens\":[1]} 2", ":1:16: error: text behind the object"),
    ("{\"tokens\":[1]}\n\n{\"é\":tru}", ":3:6: error: unexpected 't', expected 'true'"),
    ("{1:2}", ":1:2: error: expected a key in double quotes"),
    ("{\"a\":\"", ":1:7: error: unexpected end of the text in a string"),
    ("{\"hash_ids\":[1]}", ":1:1: error: \"hash_ids\" without \"input_length\""),
    ("{\"hash_ids\":[18446744073709551616]}", ":1:14: error: not a hash id"),
    (
      "{\"hash_ids\":[1],\"input_length\":-1}",
      ":1:32: error: input_length is not a number that can be used"
    ),
    (
      "{\"hash_ids\":[1,2],\"input_length\":100}",
      ":1:1: error: 2 hash_ids for 100 tokens in pages of 512: "
        + "give the size of the trace's pages with --trace-page"
    ),
    (
      "{\"tokens\":[1]}\n{\"hash_ids\":[1],\"input_length\":100}",
      ":2: error: token ids and page names (or pages of two sizes) in one simulation: "
        + "simulate them apart"
    ),
  ])
  func saysWhereALineIsWrong(input: String, message: String) throws {
    let result = try Self.simulate(input: input)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors == "<stdin>\(message)\n")
  }

  @Test func saysThatPagesDoNotFitTheTrace() throws {
    let result = try Self.simulate("--cache-model", "paged:100", input: Self.trace)
    #expect(result.status == 2)
    #expect(
      result.errors
        == "<stdin>:1: error: pages of 100 tokens cannot be told from the trace's pages "
        + "of 512: take a multiple or a divisor of 512\n")
  }

  @Test(arguments: [
    ["--cache-model", "pages:16"], ["--cache-tokens", "0"], ["--cache-tokens", "5G"],
    ["--cache-tokens", "-1"], ["--cache-tokens", "9999999999999999"], ["--trace-page", "0"],
    ["--ttft-base", "nan"], ["--ttft-token", "-1"], ["--ttft-pair", "1e300"],
  ])
  func refusesOtherOptions(arguments: [String]) throws {
    let result = try Command.run(["simulate", "-"] + arguments, input: Self.prompts)
    #expect(result.status == 2)
    #expect(result.output == "")
  }

  @Test func aFileThatIsMissingOrAFolderIsSaid() throws {
    #expect(
      try Command.cpc("simulate", "missing").errors
        == "missing: error: cannot open: No such file or directory\n")
    #expect(
      try Command.cpc("simulate", "Sources").errors
        == "Sources: error: is a folder, not a file\n")
  }
}
