import PromptServer
import Synchronization
import Testing

/// A prompt is counted beside its request: what is learned from a reply that ended before waits for the count.
@Suite struct CountedLaterTests {
  /// What becomes of something that was taken for sent.
  private final class Record: SentRecord {
    enum Event: Hashable, Sendable {
      case confirmed, retracted
      case finished(counted: Int?, stated: Int?)
    }
    private let state: Mutex<[Event]> = Mutex([])

    var events: [Event] { state.withLock { $0 } }

    func confirm() { state.withLock { $0.append(.confirmed) } }
    func retract(_ failure: SendFailure) { state.withLock { $0.append(.retracted) } }
    func finish(_ reply: PromptReply) {
      state.withLock {
        $0.append(.finished(counted: reply.countedTokens, stated: reply.usage.promptTokens))
      }
    }
  }

  /// Takes one thing for sent while a prompt is compiled, and another one when it was counted.
  private struct Rewriter: RequestRewriting {
    let compiled = Record()
    let counted = Record()
    let gate = Gate()

    func rewrite(_ request: PromptRequest, body: [UInt8]) async throws -> RewrittenRequest? {
      request.sent.add(compiled)
      return RewrittenRequest(body: body)
    }

    func measure(_ request: PromptRequest, body: [UInt8]) async -> PromptPrediction? {
      try? await blocking { gate.wait() }
      request.sent.note(countedTokens: 41)
      request.sent.add(counted)
      return PromptPrediction(promptTokens: 41, cachedTokens: nil)
    }
  }

  private static let options: [ServerSetting: String] = [.mode: "safe", .model: "qwen3"]

  @Test func theReplyWaitsForTheCount() async throws {
    let rewriter = Rewriter()
    let upstream = try ScriptedUpstream(json: Bodies.reply(prompt: 40, cached: 32))
    try await withServer(upstream, rewriter: rewriter, Self.options) { server in
      // Who has a reply of a stated length can be sure that its end was taken in.
      let reply = try await server.chat("{}")
      #expect(reply.isComplete)
      #expect(rewriter.compiled.events == [.confirmed])
      rewriter.gate.open()
      let all: [Record.Event] = [.confirmed, .finished(counted: 41, stated: 40)]
      #expect(try await server.eventually { rewriter.counted.events == all })
      #expect(rewriter.compiled.events == all)
    }
  }

  @Test func promptsAreCountedInTheOrderInWhichTheyWereSent() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { request, socket in
      if request.value(of: "x-request-id") == "first" { gate.wait() }
      socket.write(ScriptedUpstream.json("{}"))
    }
    let words = (0..<400).map(String.init).joined(separator: " ")
    let body = Bodies.chat([words])
    try await withServer(upstream, [.model: "qwen3"]) { server in
      async let first = server.chat(body, ["x-request-id: first"])
      #expect(try await server.eventually { upstream.requests.count == 1 })
      // It is answered before the first one, which it finds all the same.
      _ = try await server.chat(body)
      let metrics = server.server.metrics
      #expect(
        try await server.eventually { metrics.value(of: .cachedTokens, "predicted") > 400 })
      gate.open()
      let reply = try await first
      #expect(reply.status == 200)
    }
  }

  @Test func whatWaitsForItsReplyIsCountedMeanwhile() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    let body = Bodies.chat(["Where?"])
    try await withServer(upstream, [.model: "qwen3"]) { server in
      async let waiting = server.chat(body)
      let metrics = server.server.metrics
      #expect(try await server.eventually { metrics.value(of: .promptTokens, "predicted") > 0 })
      gate.open()
      let reply = try await waiting
      #expect(reply.status == 200)
    }
  }

  @Test func whatWasNotComputedIsTakenBackAtOnce() async throws {
    let rewriter = Rewriter()
    let upstream = try ScriptedUpstream(
      reply: "HTTP/1.1 500 No\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}")
    try await withServer(upstream, rewriter: rewriter, Self.options) { server in
      _ = try await server.chat("{}")
      #expect(rewriter.compiled.events == [.retracted])
      rewriter.gate.open()
      #expect(try await server.eventually { rewriter.counted.events == [.retracted] })
      #expect(rewriter.compiled.events == [.retracted])
    }
  }
}
