import Bytes
import Foundation
import OrderedJSON
import TestSupport
import Testing

/// `cpc compile --index`: what one process sends the next one lays its prompt out for.
@Suite struct CompileIndexTests {
  /// Compiles a spec of the quickstart.
  static func compile(
    _ number: Int, index: String, _ arguments: String..., environment: [String: String] = [:]
  ) throws -> CommandResult {
    try Command.run(
      ["compile", "Fixtures/quickstart/spec-\(number).json", "--model", "qwen3", "--index", index]
        + arguments, environment: environment)
  }

  private static func tokens(_ result: CommandResult) throws -> [Int] {
    let json = try JSONParser.parse(Array(result.output.utf8))
    return json["tokens"]?.elements?.compactMap(\.integer) ?? []
  }

  /// The number behind "index: the first".
  private static func believed(_ result: CommandResult) -> Int? {
    let line = result.errors.split(separator: "\n").last { $0.hasPrefix("index: ") }
    return line?.split(separator: " ").compactMap { Int($0) }.first
  }

  @Test("the second and the third prompt begin with as many tokens of one before as they say")
  func reusesPrefixes() throws {
    try Command.withTemporaryFolder { folder in
      var sent: [[Int]] = []
      for number in 1...3 {
        let result = try Self.compile(
          number, index: folder + "/i.db", "--explain", "--format", "tokens")
        #expect(result.status == 0, "\(result.errors)")
        let tokens = try Self.tokens(result)
        let shared = sent.map { zip($0, tokens).prefix { $0 == $1 }.count }.max() ?? 0
        if number == 1 {
          #expect(result.errors.hasSuffix("index: nothing of it is believed to be cached\n"))
        } else {
          let believed = try #require(Self.believed(result))
          #expect(believed > 2000)
          #expect(shared >= believed)
          // Of what follows the beginning of a frame is the same, and pages have 16 tokens.
          #expect(believed.isMultiple(of: 16))
          #expect(shared < believed + 16 + 8)
        }
        sent.append(tokens)
      }
    }
  }

  @Test("without an index the blocks stand as listed; CPC_INDEX names one")
  func takesTheVariable() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/i.db"
      let compile = ["compile", "Fixtures/quickstart/spec-2.json", "--format", "text"]
      let plain = try Command.run(compile)
      _ = try Self.compile(1, index: path)
      let indexed = try Command.run(compile, environment: ["CPC_INDEX": path])
      #expect(plain.output != indexed.output)
      #expect(indexed.output.contains("<doc id=\"runbook\""))
      #expect(indexed.errors == "")
    }
  }

  @Test("a fault of the spec leaves the index as it is; one of the index leaves no output")
  func faults() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/i.db"
      _ = try Self.compile(1, index: path)
      let faulty = try Command.run(["compile", "-", "--index", path], input: #"{"cpc":1,"x":2}"#)
      #expect(faulty.status == 2)
      #expect(try Command.cpc("index", "stats", path).output.contains("qwen3          1 "))
      try Files.writeAtomically(Array("no database at all".utf8), to: path)
      let result = try Self.compile(1, index: path)
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(
        result.errors
          == "\(path): error: is not an index of cpc, and was left as it is: give another path\n")
    }
  }

  @Test("a content keeps the label of the process that sent it first")
  func keepsLabels() throws {
    try Command.withTemporaryFolder { folder in
      let text = String(repeating: "A text that is long enough for a reference. ", count: 20)
      func compile(_ id: String) throws -> CommandResult {
        let spec = #"{"cpc":1,"query":"Q","blocks":[{"id":"\#(id)","text":"\#(text)"}]}"#
        return try Command.run(
          ["compile", "-", "--model", "qwen3", "--index", folder + "/i.db", "--format", "text"],
          input: spec)
      }
      #expect(try compile("first").output.contains(#"<doc id="first">"#))
      let second = try compile("second").output
      #expect(second.contains(#"<doc id="first">"#))
      #expect(second.contains(#"<doc id="second" same-as="first"/>"#))
    }
  }
}

extension JSONNode {
  /// The value, if this is a number and whole.
  var integer: Int? {
    guard case .number(let number) = value else { return nil }
    return Int(number.spelling.string)
  }
}
