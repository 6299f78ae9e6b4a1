import PromptServer
import Testing

/// What stands in a body beside what is changed stays, byte for byte.
@Suite struct KeptContentTests {
  private static let documents = ["attic", "cellar", "shed"].map { "<doc>\(Bodies.text($0))</doc>" }
  private static let order = "<docs>" + documents.joined() + "</docs>"
  private static let other = "<docs>" + documents.reversed().joined() + "</docs>"

  /// What the upstream gets of bodies that are sent one after another.
  private static func sent(_ bodies: [String], mode: String) async throws -> [String] {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: mode, .model: "qwen3"]) { server in
      for body in bodies {
        let reply = try await server.chat(body)
        #expect(reply.status == 200, "\(reply.text)")
      }
    }
    return upstream.requests.map(\.text)
  }

  /// Members and messages that are nobody's business.
  private static let beside = [
    // Half of a character, and two halves in the wrong order.
    "{\"role\":\"user\",\"content\":\"\\ud800 and \\uDC00\\uD83D\"},{\"role\":\"assistant\",\"content\":\"\\udfff\"},",
    "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]},",
    "",
  ]
  private static let members = [
    "\"stream\" : true, \"stream_options\":{\"include_usage\":false}", "\"stream\":true",
    "\"x\":\"\\ud800\"",
  ]

  @Test(arguments: beside, members)
  func documentsMoveAlone(messages: String, members: String) async throws {
    func body(_ documents: String) -> String {
      "{ \(members), \"messages\": [\(messages){\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
        + "\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}},{\"type\":\"text\",\"text\":\"\(documents)Why?\"},"
        + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://a/b.png\",\"detail\":\"low\"}}]}]}"
    }
    let sent = try await Self.sent([body(Self.order), body(Self.other)], mode: "optimize")
    #expect(sent == [body(Self.order), body(Self.order)])
  }

  @Test(arguments: beside, members)
  func blocksAreAllThatIsNew(messages: String, members: String) async throws {
    func body(_ text: String, _ cpc: String) -> String {
      "{ \(members), \"messages\": [\(messages){\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
        + "\"image_url\":{\"url\":\"http://a/b.png\"}},{\"type\":\"text\",\"text\":\"\(text)Why \\ud800?\"}]}]\(cpc)}"
    }
    let cpc = ",\"cpc\":{\"blocks\":[{\"id\":\"attic\",\"text\":\"It is dry.\"}]}"
    let sent = try #require(try await Self.sent([body("", cpc)], mode: "safe").first)
    let parts = body("|", "").split(separator: "|")
    #expect(sent.hasPrefix(parts[0]))
    #expect(sent.hasSuffix(parts[1]))
    let new = sent.dropFirst(parts[0].count).dropLast(parts[1].count)
    #expect(new.contains("It is dry.") && new.contains("<doc id=\\\"attic\\\""))
  }
}
