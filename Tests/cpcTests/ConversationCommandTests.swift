import Bytes
import Foundation
import OrderedJSON
import TestSupport
import Testing

/// `cpc compile --index` of the turns of a conversation.
@Suite struct ConversationCommandTests {
  private static func compile(_ turn: Int, index: String?) throws -> (tokens: [Int], errors: String)
  {
    var arguments = ["compile", "Fixtures/quickstart/turn-\(turn).json", "--format", "tokens"]
    if let index { arguments += ["--index", index, "--explain"] }
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSONParser.parse(Array(result.output.utf8))
    return (json["tokens"]?.elements?.compactMap(\.integer) ?? [], result.errors)
  }

  @Test("each turn begins with all the tokens of the one before")
  func goesOn() throws {
    try Command.withTemporaryFolder { folder in
      let index = folder + "/i.db"
      let turns = try (1...3).map { try Self.compile($0, index: index) }
      #expect(turns[0].errors.hasSuffix("conversation: no earlier turn is known\n"))
      for (before, turn) in zip(turns, turns.dropFirst()) {
        #expect(turn.tokens.starts(with: before.tokens))
        #expect(turn.errors.contains("as sent, the first \(before.tokens.count - 1) of "))
      }
      #expect(try Self.compile(3, index: index).tokens == turns[2].tokens)
      #expect(try Self.compile(2, index: nil).tokens != turns[1].tokens)
    }
  }

  @Test("stats, show and prune know of conversations")
  func lists() throws {
    try Command.withTemporaryFolder { folder in
      let index = folder + "/i.db"
      for turn in 1...2 { _ = try Self.compile(turn, index: index) }
      #expect(try Command.cpc("index", "stats", index).output.contains("1 conversation, "))
      let shown = try Command.cpc("index", "show", index).output
      #expect(shown.contains("conversation on-call-42, qwen3, tenant lantern: 2 turns, "))
      for command in ["stats", "show"] {
        let output = try Command.cpc("index", command, index, "--format", "json").output
        let json = try JSONParser.parse(Array(output.utf8))
        let list = json["conversations"]?.elements ?? []
        #expect(list.map { $0["conversation_id"]?.string } == ["on-call-42"])
        #expect(list.first?["turns"]?.integer == 2)
      }
      let pruned = try Command.cpc("index", "prune", index, "--keep", "0").output
      #expect(pruned.contains("1 conversations removed, 0 left"))
      let third = try Self.compile(3, index: index)
      #expect(third.errors.hasSuffix("conversation: no earlier turn is known\n"))
    }
  }

  @Test("two tenants with one id, and two models, have conversations of their own")
  func keepsTenantsApart() throws {
    try Command.withTemporaryFolder { folder in
      func compile(_ tenant: String, _ model: String, _ turn: Int) throws -> String {
        let text = String(repeating: "\(tenant) keeps this to itself. ", count: 20)
        let said = #"{"role":"user","content":"One?"},{"role":"assistant","content":"Yes."}"#
        let spec = """
          {"cpc":1,"tenant":"\(tenant)","conversation_id":"c","query":"\(turn == 1 ? "One?" : "Two?")",
           "conversation":[\(turn == 1 ? "" : said)],"blocks":[{"id":"a","text":"\(text)"}]}
          """
        let result = try Command.run(
          [
            "compile", "-", "--model", model, "--index", folder + "/i.db", "--format", "text",
          ], input: spec)
        #expect(result.status == 0, "\(result.errors)")
        return result.output
      }
      _ = try compile("acme", "qwen3", 1)
      for (tenant, model) in [("other", "qwen3"), ("acme", "qwen2.5")] {
        let second = try compile(tenant, model, 2)
        #expect(!second.contains("same-as"))
        #expect(!second.contains("acme") || tenant == "acme")
      }
      #expect(try compile("acme", "qwen3", 2).contains(#"<doc id="a" same-as="a"/>"#))
    }
  }

  @Test("a state that cannot be read is a warning, and the conversation begins anew")
  func damagedStates() throws {
    try Command.withTemporaryFolder { folder in
      let index = folder + "/i.db"
      let first = try Self.compile(1, index: index)
      // The text of the first turn stands in the file as it was sent: a letter of it is overwritten.
      _ = try Command.cpc("index", "stats", index)
      var bytes = try Files.read(index)
      let words = Array("fires?".utf8)
      let place = try #require(
        bytes.indices.dropLast(words.count).last { bytes[$0...].starts(with: words) })
      bytes[place] = UInt8(ascii: "h")
      try Files.writeAtomically(bytes, to: index)
      let second = try Self.compile(2, index: index)
      #expect(second.errors.contains("warning: conversation \"on-call-42\": the state of the"))
      #expect(!second.tokens.starts(with: first.tokens))
      #expect(try !Self.compile(2, index: index).errors.contains("warning"))
    }
  }
}
