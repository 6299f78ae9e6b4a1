import PromptServer
import ServiceLifecycle
import Testing

/// What has begun is finished when the server is told to stop.
@Suite struct ShutdownTests {
  @Test func requestsThatHaveBegunFinish() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{\"done\":true}"))
    }
    try await withServer(upstream) { server in
      let replies = try await withThrowingTaskGroup(of: RawMessage.self) { group in
        for _ in 0..<20 { group.addTask { try await server.chat("{}") } }
        #expect(try await server.eventually { upstream.requests.count == 20 })
        await server.group.triggerGracefulShutdown()
        // Nobody new is let in, as soon as the listener is closed.
        let port = server.port
        let isRefused = try await server.eventually {
          let outcome = try? await blocking {
            guard let socket = try? Socket(port: port, seconds: 1) else { return true }
            defer { socket.close() }
            socket.write("GET /ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            return socket.read().isEmpty
          }
          return outcome ?? false
        }
        #expect(isRefused)
        gate.open()
        var replies: [RawMessage] = []
        for try await reply in group { replies.append(reply) }
        return replies
      }
      #expect(replies.count == 20)
      #expect(replies.allSatisfy { $0.status == 200 && $0.text == "{\"done\":true}" })
    }
  }

  /// Also a connection that is made in the moment in which the listener is closed ends soon.
  @Test func nobodyWhoComesTooLateWaitsForTheOthers() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    try await withServer(upstream) { server in
      async let pending = server.chat("{}")
      #expect(try await server.eventually { upstream.requests.count == 1 })
      let port = server.port
      let waits = try await withThrowingTaskGroup(of: Duration.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await blocking {
              var longest = Duration.zero
              while let socket = try? Socket(port: port, seconds: 20) {
                defer { socket.close() }
                let start = ContinuousClock.now
                socket.write("GET /ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                while !socket.read().isEmpty {}
                longest = max(longest, .now - start)
              }
              return longest
            }
          }
        }
        await server.group.triggerGracefulShutdown()
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(waits.allSatisfy { $0 < .seconds(10) }, "\(waits)")
      gate.open()
      let reply = try await pending
      #expect(reply.status == 200)
    }
  }

  @Test func whatDoesNotFinishIsBrokenOff() async throws {
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
          + "6\r\ndata: \r\n")
      _ = socket.read()
    }
    try await withServer(upstream, [.shutdownTimeout: "0.2"]) { server in
      async let pending = server.chat("{}")
      #expect(try await server.eventually { upstream.requests.count == 1 })
      // The head and the first chunk have passed.
      let started = "cpc_time_to_first_token_seconds_count 1\n"
      #expect(try await server.eventually { server.server.metrics.text.contains(started) })
      await server.group.triggerGracefulShutdown()
      let reply = try await pending
      #expect(reply.status == 200)
      #expect(!reply.isComplete)
    }
  }
}
