import Glibc
import PromptServer
import Synchronization
import Testing

/// Streams pass as they come.
@Suite struct StreamTests {
  private static let head =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

  private static func chunk(_ text: String) -> String {
    String(text.utf8.count, radix: 16) + "\r\n\(text)\r\n"
  }

  private static let request =
    "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}"

  @Test func eachEventComesBeforeTheNextIsMade() async throws {
    let turns = Turns()
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(Self.head)
      for number in 0..<5 {
        socket.write(Self.chunk("data: {\"n\":\(number)}\n\n"))
        // The next event is made when the client has this one.
        turns.wait(for: number + 1)
      }
      socket.write(Self.chunk("data: [DONE]\n\n") + "0\r\n\r\n")
    }
    try await withServer(upstream) { server in
      let port = server.port
      let events = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write(Self.request)
        var reader = RawReader(socket)
        _ = reader.head()
        var events: [String] = []
        while let chunk = reader.nextChunk(), !chunk.isEmpty {
          events.append(String(decoding: chunk, as: UTF8.self))
          turns.advance()
        }
        return events
      }
      #expect(events == (0..<5).map { "data: {\"n\":\($0)}\n\n" } + ["data: [DONE]\n\n"])
    }
  }

  /// An upstream may close behind a stream whatever its head says, just when the next request comes: as llama.cpp does.
  @Test func noRequestGoesOutOnAConnectionThatServedAStream() async throws {
    let isReused = Mutex(false)
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        Self.head.replacing("\r\n\r\n", with: "\r\nconnection: keep-alive\r\n\r\n")
          + Self.chunk("data: [DONE]\n\n") + "0\r\n\r\n")
      if !socket.read().isEmpty { isReused.withLock { $0 = true } }
    }
    try await withServer(upstream) { server in
      let port = server.port
      let replies = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        return (0..<8).compactMap { _ in
          socket.write(Self.request)
          return reader.next(isReply: true)
        }
      }
      #expect(replies.count == 8)
      #expect(replies.allSatisfy { $0.status == 200 && $0.value(of: "connection") == nil })
      #expect(!isReused.withLock { $0 })
    }
  }

  @Test func aClientThatHangsUpCancelsTheRequest() async throws {
    let isCancelled = Mutex(false)
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(Self.head + Self.chunk("data: 1\n\n"))
      // Nothing more is sent: the upstream learns of it although it only computes.
      isCancelled.withLock { $0 = socket.read().isEmpty }
    }
    try await withServer(upstream) { server in
      let port = server.port
      try await blocking {
        let socket = try Socket(port: port)
        socket.write(Self.request)
        var reader = RawReader(socket)
        _ = reader.head()
        _ = reader.nextChunk()
        socket.close()
      }
      #expect(try await server.eventually { isCancelled.withLock { $0 } })
      #expect(
        try await server.eventually { server.server.metrics.value(of: .clientHangUps) == 1 })
      #expect(try await server.eventually { server.server.metrics.inFlight == 0 })
    }
  }

  /// Many clients close as soon as they have the last event.
  @Test(
    arguments: [
      ("/v1/chat/completions", "data: [DONE]\n\n", true),
      ("/v1/completions", "data:[DONE]\r\n\r\n", true),
      ("/v1/messages", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", true),
      ("/v1/messages", "event:message_stop\r\ndata:{\"type\":\"message_stop\"}\r\n\r\n", true),
      ("/v1/messages", "event: message_stop_not\ndata: {}\n\n", false),
      ("/v1/responses", "event: response.completed\ndata: {\"response\":{}}\n\n", true),
      ("/v1/responses", "event: response.created\ndata: {\"response\":{}}\n\n", false),
      ("/v1/messages", "event: message_stop\n", false),
      ("/v1/chat/completions", "data: {\"choices\":\"[DONE]\"}\n\n", false),
      ("/v1/chat/completions", "data: [DONE], said it\n\n", false),
    ], [false, true])
  func aClientThatLeavesBehindTheLastEventHasAll(
    _ stream: (path: String, event: String, isLast: Bool), isInPieces: Bool
  ) async throws {
    let (path, event, isLast) = stream
    let isCancelled = Mutex(false)
    let chunks =
      isInPieces ? event.map { Self.chunk(String($0)) }.joined() : Self.chunk(event)
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(Self.head + Self.chunk("data: {}\n\n") + chunks)
      isCancelled.withLock { $0 = socket.read().isEmpty }
    }
    try await withServer(upstream) { server in
      let port = server.port
      let length = "data: {}\n\n".utf8.count + event.utf8.count
      try await blocking {
        let socket = try Socket(port: port)
        socket.write(
          "POST \(path) HTTP/1.1\r\nhost: a\r\nx-request-id: r1\r\ncontent-length: 2\r\n\r\n{}")
        var reader = RawReader(socket)
        _ = reader.head()
        var count = 0
        while count < length, let chunk = reader.nextChunk() { count += chunk.count }
        socket.close()
      }
      #expect(try await server.eventually { server.log.text.contains("r1") })
      #expect(try await server.eventually { server.server.metrics.inFlight == 0 })
      #expect(try await server.eventually { isCancelled.withLock { $0 } })
      let metrics = server.server.metrics
      #expect(metrics.value(of: .clientHangUps) == (isLast ? 0 : 1))
      #expect(metrics.text.contains("status=\"\(isLast ? 200 : 499)\",mode=\"observe\"} 1\n"))
      #expect(server.log.text.contains("status=\(isLast ? 200 : 499)"))
      #expect(server.log.text.contains("client hung up") == !isLast)
    }
  }

  @Test func aClientThatHangsUpBeforeTheReplyCancelsTheRequest() async throws {
    let isCancelled = Mutex(false)
    let upstream = try ScriptedUpstream { _, socket in
      isCancelled.withLock { $0 = socket.read().isEmpty }
    }
    try await withServer(upstream) { server in
      let port = server.port
      try await blocking {
        let socket = try Socket(port: port)
        socket.write(Self.request)
        while upstream.requests.isEmpty { usleep(1000) }
        socket.close()
      }
      #expect(try await server.eventually { isCancelled.withLock { $0 } })
    }
  }

  @Test func aClientThatDoesNotReadStopsTheUpstream() async throws {
    let sent = Mutex(0)
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(Self.head)
      let chunk = Array(Self.chunk(String(repeating: "x", count: 65_536)).utf8)
      // Endless, as far as it can tell.
      while socket.write(chunk) { sent.withLock { $0 += chunk.count } }
    }
    try await withServer(upstream) { server in
      let port = server.port
      let socket = try await blocking {
        let socket = try Socket(port: port)
        socket.write(Self.request)
        return socket
      }
      var last = -1
      var now = 0
      while now != last {
        last = now
        try await Task.sleep(for: .milliseconds(300))
        now = sent.withLock { $0 }
      }
      // What the sockets' buffers hold, and no more.
      #expect(now < 64 << 20)
      socket.close()
      #expect(try await server.eventually { server.server.metrics.inFlight == 0 })
    }
  }
}

/// Lets one side wait for the other.
private final class Turns: Sendable {
  private let count: Mutex<Int> = Mutex(0)

  func advance() { count.withLock { $0 += 1 } }

  func wait(for number: Int) {
    while count.withLock({ $0 < number }) { usleep(500) }
  }
}
