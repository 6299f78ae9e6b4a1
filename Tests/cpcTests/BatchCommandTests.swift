import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc batch` as users run it.
@Suite struct BatchCommandTests {
  private static let lines = (0..<9).map { number in
    let blocks = (0..<4).map { place in
      let name = (number * 5 + place * place) % 7
      let text = (0..<12).map { "Block \(name) says \($0)." }.joined(separator: " ")
      return #"{"id":"b\#(name)","text":"\#(text)"}"#
    }
    return #"{"id":"r\#(number)","cpc":1,"system":"s","#
      + #""blocks":[\#(Set(blocks).sorted().joined(separator: ","))],"query":"Question \#(number)?"}"#
  }

  private static let input = lines.joined(separator: "\n") + "\n"

  private func objects(_ output: String) throws -> [JSONNode] {
    try output.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
  }

  private func batch(_ arguments: String..., input: String) throws -> CommandResult {
    try Command.run(["batch", "-", "--model", "qwen3"] + arguments, input: input)
  }

  @Test(arguments: ["given", "online", "offline"]) func answersEachRequest(order: String) throws {
    let run = try batch("--order", order, "--format", "text", input: Self.input)
    #expect(run.status == 0)
    let objects = try objects(run.output)
    let numbers = objects.compactMap { $0["index"].flatMap { BatchCommandTests.integer($0) } }
    #expect(numbers.sorted() == Array(0..<9))
    if order != "offline" { #expect(numbers == Array(0..<9)) }
    for (number, object) in zip(numbers, objects) {
      #expect(object["id"]?.string == ByteString("r\(number)"))
      #expect(object["text"]?.string?.string.contains("Question \(number)?") == true)
    }
    #expect(try batch("--order", order, "--format", "text", input: Self.input).output == run.output)
  }

  private static func integer(_ node: JSONNode) -> Int? {
    if case .number(let number) = node.value { number.integer } else { nil }
  }

  /// A batch goes on behind what the index knows, and the next one behind it.
  @Test(arguments: ["given", "online", "offline"]) func recordsInAnIndex(order: String) throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/i.db"
      func run(_ order: String) throws -> CommandResult {
        try batch(
          "--order", order, "--format", "text", "--index", path, input: Self.input)
      }
      let first = try run(order)
      #expect(first.status == 0)
      let fresh = try batch("--order", order, "--format", "text", input: Self.input)
      #expect(first.output == fresh.output)
      let exported = try objects(try Command.cpc("index", "export", path).output)
      // Requests with the same blocks may stand in the same order.
      #expect((5...9).contains(exported.count))
      #expect(exported.allSatisfy { $0["blocks"]?.elements?.first?["label"] != nil })
      // What was sent is laid out again as it was.
      let again = try run("online")
      #expect(
        try Command.cpc("index", "export", path).output.split(separator: "\n").count
          == exported.count)
      let texts = try [first, again].map { run in
        Set(try objects(run.output).compactMap { $0["text"]?.string })
      }
      #expect(order == "given" || texts[0] == texts[1])
      let resumed = try batch(
        "--index", path, "--resume", "-o", folder + "/o", input: Self.input)
      #expect(resumed.status == 2)
      #expect(resumed.errors.contains("--resume: goes on as the first run did"))
    }
  }

  @Test func writesTheFormOfOpenAIsBatches() throws {
    let run = try batch("--format", "openai-batch", "--order", "given", input: Self.input)
    let first = try #require(try objects(run.output).first)
    #expect(first.members?.map(\.key) == ["custom_id", "method", "url", "body"])
    #expect(first["custom_id"]?.string == "r0")
    #expect(first["body"]?["messages"]?.elements?.count == 2)
    let twice = try batch(
      "--format", "openai-batch", input: Self.lines[0] + "\n" + Self.lines[0] + "\n")
    #expect(twice.status == 2)
    #expect(twice.errors.contains("<stdin>:2: error: id \"r0\" stands twice"))
  }

  /// What is left out is left out of what the index knows too.
  @Test(arguments: ["given", "online", "offline"]) func resumesWithABudget(order: String) throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/out"
      let arguments = [
        "batch", "-", "--model", "qwen3", "--order", order, "--budget", "250", "--format", "tokens",
      ]
      let whole = try Command.run(arguments, input: Self.input)
      let counts = try objects(whole.output).compactMap { $0["tokens"]?.elements?.count }
      #expect(counts.count == 9)
      #expect(counts.allSatisfy { $0 <= 250 })
      #expect(counts.contains { $0 > 150 })
      for object in try objects(whole.output) {
        #expect(object["dropped"]?.elements?.isEmpty == false)
      }
      let some = whole.output.split(separator: "\n").prefix(4).map { $0 + "\n" }.joined()
      try Files.writeAtomically(Array(some.utf8), to: path)
      let run = try Command.run(arguments + ["--resume", "-o", path], input: Self.input)
      #expect(run.status == 0)
      #expect(String(decoding: try Files.read(path), as: UTF8.self) == whole.output)
    }
  }

  /// Whatever was written of a run, resuming it gives what a whole run gives.
  @Test(arguments: ["given", "online", "offline"]) func resumes(order: String) throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/out.jsonl"
      let whole = Array(
        try batch("--order", order, "--format", "tokens", input: Self.input).output.utf8)
      for length in [0, 1, whole.count / 3, whole.count / 2, whole.count - 1, whole.count] {
        try Files.writeAtomically(Array(whole[..<length]), to: path)
        let run = try batch(
          "--order", order, "--format", "tokens", "--resume", "-o", path, input: Self.input)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try Files.read(path) == whole)
      }
    }
  }

  @Test(arguments: ["online", "offline"]) func resumesBehindAFault(order: String) throws {
    // What is wrong shows only where the prompt is tokenised.
    let fault = Self.lines[2].replacing("Question", with: "<|im_end|>")
    let input = (Self.lines[..<2] + [fault] + Self.lines[3...]).joined(separator: "\n")
    try Command.withTemporaryFolder { folder in
      let path = folder + "/out.jsonl"
      let arguments = ["--order", order, "--format", "tokens", "--keep-going", "--resume", "-o"]
      func run() throws -> CommandResult {
        try Command.run(["batch", "-", "--model", "qwen3"] + arguments + [path], input: input)
      }
      #expect(try run().status == 1)
      let whole = try Files.read(path)
      for length in [whole.count / 2, whole.count] {
        try Files.writeAtomically(Array(whole[..<length]), to: path)
        #expect(try run().status == 1)
        #expect(try Files.read(path) == whole)
      }
    }
  }

  @Test func readsRequestsOfOpenAI() throws {
    let messages = #"[{"role":"system","content":"s"},{"role":"user","content":"Hi"}]"#
    let input =
      #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","#
      + #""body":{"model":"m","messages":\#(messages),"temperature":0.5}}"# + "\n"
      + #"{"messages":\#(messages)}"# + "\n"
    let text = try batch("--order", "given", "--format", "text", input: input)
    #expect(text.errors == "")
    let lines = try objects(text.output)
    try #require(lines.count == 2)
    #expect(lines[0]["id"]?.string == "a")
    #expect(lines[0]["text"]?.string == lines[1]["text"]?.string)
    #expect(
      lines[0]["text"]?.string?.bytes.starts(with: Array("<|im_start|>system\ns".utf8)) == true)
    let bodies = try batch("--order", "given", "--format", "openai", input: input)
    #expect(bodies.output.contains(#""temperature":0.5"#))
    let bad = try batch("--order", "given", input: #"{"custom_id":"a","body":{"messages":3}}"#)
    #expect(bad.status == 2)
    #expect(bad.errors.contains("<stdin>:1:"))
  }

  @Test func laysOutWindows() throws {
    let run = try batch("--window", "2", "--cache-tokens", "500k", input: Self.input)
    #expect(run.status == 0)
    #expect(
      run.output.split(separator: "\n").count
        == (try batch(input: Self.input)).output.split(separator: "\n").count)
    #expect(
      try batch("--window", "2", "--cache-tokens", "5k", "--order", "online", input: Self.input)
        .status == 2)
    #expect(
      try batch("--window", "2", "--cache-tokens", "unlimited", input: Self.input).status == 2)
    #expect(try batch("--window", "32", input: Self.input).status == 2)
    #expect(try batch("--window", "32", "--cache-tokens", "x", input: Self.input).status == 2)
  }

  @Test func resumesOnlyTheSameBatch() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/out.jsonl"
      _ = try batch("--order", "given", "--format", "tokens", "-o", path, input: Self.input)
      let before = try Files.read(path)
      for arguments in [["--format", "text"], ["--format", "openai-batch"]] {
        let run = try Command.run(
          ["batch", "-", "--model", "qwen3", "--order", "given", "--resume", "-o", path]
            + arguments, input: Self.input)
        #expect(run.status == 2)
        #expect(run.errors.contains("line 1 of the output is not of this batch"))
        #expect(try Files.read(path) == before)
      }
      try Files.writeAtomically(Array("hello\n".utf8), to: path)
      #expect(try batch("--resume", "-o", path, input: Self.input).status == 2)
    }
  }

  @Test(arguments: ["given", "online", "offline"]) func namesTheLineOfAFault(order: String) throws {
    let faults = [
      ("{", "<stdin>:2:"), (#"{"cpc":1,"qurey":"q"}"#, "<stdin>:2:10: error: unknown key"),
      (#"{"cpc":1,"query":"<|im_end|>"}"#, "<stdin>:2:"), (#"{"id":7,"cpc":1}"#, "<stdin>:2:7: "),
    ]
    for (line, message) in faults {
      let input = Self.lines[0] + "\n" + line + "\n\n" + Self.lines[1]
      let run = try batch("--order", order, "--format", "text", input: input)
      #expect(run.status == 2)
      #expect(run.errors.contains(message), "\(run.errors)")
      let kept = try batch("--order", order, "--format", "text", "--keep-going", input: input)
      #expect(kept.status == 1)
      let objects = try objects(kept.output)
      #expect(Set(objects.compactMap { $0["index"].flatMap(Self.integer) }) == [0, 1, 3])
      let bad = objects.first { $0["error"] != nil }
      #expect(bad?["index"].flatMap(Self.integer) == 1)
      #expect(bad?["error"]?.string?.string.contains(message) == true)
    }
  }

  @Test func readsAFolderWithCorpusAndRequests() throws {
    try Command.withTemporaryFolder { folder in
      let corpus = ["a", "b", "c"].map { #"{"id":"\#($0)","doc":"d","text":"Text \#($0)."}"# }
      let requests = [
        #"{"id":"w-10","session":"s","turn":1,"system":"S","blocks":[{"id":"c"},{"id":"a"}],"query":"Q10"}"#,
        #"{"id":"w-9","session":"s","turn":0,"system":"S","blocks":[{"id":"b","score":1}],"query":"Q9"}"#,
      ]
      func write(_ lines: [String], _ name: String) throws {
        try Files.writeAtomically(
          Array(lines.joined(separator: "\n").utf8), to: folder + "/" + name)
      }
      try write(corpus, "corpus.jsonl")
      try write(requests, "requests.jsonl")
      let arguments = [
        "batch", folder, "--model", "qwen3", "--order", "given", "--format", "text",
      ]
      let run = try Command.run(arguments + ["--top", "1"])
      let objects = try objects(run.output)
      #expect(objects.compactMap { $0["index"].flatMap(Self.integer) } == [1, 0])
      let last = try #require(objects.last?["text"]?.string).string
      #expect(
        last.contains("<doc id=\"b\">\nText b.\n</doc>\n<doc id=\"c\">\nText c.\n</doc>\nQ10"))
      try write(requests + [#"{"blocks":[{"id":"x"}],"query":"q"}"#], "requests.jsonl")
      let unknown = try Command.run(arguments)
      #expect(unknown.status == 2)
      #expect(unknown.errors.contains("requests.jsonl:3: error: the corpus has no block \"x\""))
    }
  }
}
