import PromptServer
import TestSupport
import Testing

/// What passes is neither changed nor lost.
@Suite struct PassThroughTests {
  @Test func bodyAndHeadReachTheUpstreamAsTheyCame() async throws {
    let body = Array("{ \"messages\" : [ ],\n\t\"x\": 1.0e+02, \"x\": \"\\u00e9\" }\n".utf8)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      let reply = try await server.send(
        "POST /v1/chat/completions?a=1&b=%2F//..;c",
        [
          "Authorization: Bearer sk-1", "Accept-Encoding: gzip, br", "X-Odd_Header!: a  b\tc",
          "x-api-key: k", "Cookie: a=1; b=2", "X-Twice: 1", "x-twice: 2", "Keep-Alive: timeout=5",
          "X-Hop: 1", "Connection: x-hop", "x-cpc-tenant: t", "anthropic-beta: b",
        ], body: body)
      #expect(reply.status == 200)
    }
    let sent = try #require(upstream.requests.first)
    #expect(sent.start == "POST /v1/chat/completions?a=1&b=%2F//..;c HTTP/1.1")
    #expect(sent.body == body)
    let names = sent.fields.map(\.name)
    #expect(
      names.filter { !["host", "content-length", "x-request-id"].contains($0.lowercased()) } == [
        "Authorization", "Accept-Encoding", "X-Odd_Header!", "x-api-key", "Cookie", "X-Twice",
        "x-twice", "anthropic-beta",
      ])
    #expect(sent.values(of: "x-twice") == ["1", "2"])
    #expect(sent.value(of: "X-Odd_Header!") == "a  b\tc")
    #expect(sent.value(of: "host") == "127.0.0.1:\(upstream.port)")
    #expect(sent.value(of: "x-request-id")?.hasPrefix("cpc-") == true)
  }

  @Test(arguments: [
    "/v1/models", "/v1/models?limit=20&after=a%20b", "/v1/files/a%2Fb", "/v1//x/./y/../z?",
    "/v1/x?q=a?b&c=[1]", "/v1", "/v1/%zz?%", "/v1/x?a+b=c%0a",
  ])
  func targetsStayAsTheyAre(target: String) async throws {
    let upstream = try ScriptedUpstream(json: "[]")
    try await withServer(upstream) { server in
      let reply = try await server.send("GET \(target)")
      #expect(reply.status == 200)
    }
    #expect(upstream.requests.first?.start == "GET \(target) HTTP/1.1")
  }

  @Test func repliesComeBackAsTheyWere() async throws {
    let packed: [UInt8] = [0x1F, 0x8B, 8, 0, 1, 2, 3, 0xFF, 0xFE, 0]
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        "HTTP/1.1 418 I'm a teapot\r\nDate: yesterday\r\nServer: odd/1\r\nSet-Cookie: a=1\r\n"
          + "set-cookie: b=2\r\nContent-Encoding: gzip\r\nX-Request-Id: theirs\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(packed.count)\r\n\r\n")
      socket.write(packed)
    }
    try await withServer(upstream) { server in
      let reply = try await server.chat("{}", ["x-request-id: mine"])
      #expect(reply.start == "HTTP/1.1 418 I'm a teapot")
      #expect(
        reply.fields.map { "\($0.name): \($0.value)" } == [
          "Date: yesterday", "Server: odd/1", "Set-Cookie: a=1", "set-cookie: b=2",
          "Content-Encoding: gzip", "X-Request-Id: theirs", "Content-Type: application/json",
          "Content-Length: 10",
        ])
      #expect(reply.body == packed)
      #expect(try await server.eventually { server.log.text.contains("request_id=mine") })
    }
    #expect(upstream.requests.first?.value(of: "x-request-id") == "mine")
  }

  @Test func bodiesOfOtherEndpointsPassWhileTheyCome() async throws {
    let body = (0..<1_300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let upstream = try ScriptedUpstream(json: "{\"id\":1}")
    try await withServer(upstream, [.bodyLimit: "1000"]) { server in
      let reply = try await server.send("POST /v1/files", body: body)
      #expect(reply.text == "{\"id\":1}")
      let port = server.port
      let chunked = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write("PUT /v1/x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        for part in ["3\r\nabc\r\n", "1\r\nd\r\n", "0\r\n\r\n"] { socket.write(part) }
        var reader = RawReader(socket)
        let first = reader.next(isReply: true)
        // The connection is of use for the next request.
        socket.write("GET /v1/y HTTP/1.1\r\nhost: a\r\n\r\n")
        return (first, reader.next(isReply: true))
      }
      #expect(chunked.0?.status == 200)
      #expect(chunked.1?.status == 200)
    }
    #expect(upstream.requests.map(\.body) == [body, Array("abcd".utf8), []])
    #expect(upstream.requests.first?.value(of: "content-length") == "1300000")
  }

  @Test func headAndEmptyRepliesHaveNoBody() async throws {
    let upstream = try ScriptedUpstream { request, socket in
      socket.write(
        request.start.hasPrefix("HEAD")
          ? "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\n"
          : "HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n")
    }
    try await withServer(upstream) { server in
      let port = server.port
      let replies = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        socket.write("HEAD /v1/x HTTP/1.1\r\nhost: a\r\n\r\n")
        let head = reader.head()
        socket.write("DELETE /v1/x HTTP/1.1\r\nhost: a\r\n\r\n")
        return (head, reader.next(isReply: true))
      }
      #expect(replies.0?.value(of: "content-length") == "5")
      #expect(replies.1?.status == 204)
      #expect(replies.1?.value(of: "x-a") == "1")
    }
  }

  /// A length that the upstream did not state is not known here either.
  @Test(arguments: ["transfer-encoding: chunked", "connection: close"])
  func aHeadHasNoLengthThatTheUpstreamDidNotState(framing: String) async throws {
    let upstream = try ScriptedUpstream { request, socket in
      socket.write("HTTP/1.1 200 OK\r\n\(framing)\r\nx-a: 1\r\n\r\n")
      guard !request.start.hasPrefix("HEAD") else { return }
      socket.write(framing.hasPrefix("transfer") ? "1\r\na\r\n0\r\n\r\n" : "a")
    }
    try await withServer(upstream) { server in
      let port = server.port
      let replies = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        // One right behind the other, so that what is behind the first is the second.
        socket.write(
          "HEAD /v1/x HTTP/1.1\r\nhost: a\r\n\r\nGET /v1/x HTTP/1.1\r\nhost: a\r\n\r\n")
        return (reader.head(), reader.next(isReply: true))
      }
      #expect(replies.0?.status == 200)
      #expect(replies.0?.value(of: "x-a") == "1")
      #expect(replies.0?.value(of: "content-length") == nil)
      #expect(replies.1?.status == 200)
      #expect(replies.1?.text == "a")
    }
  }

  @Test func theClientThatWaitsForAWordGetsIt() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      let port = server.port
      let replies = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        socket.write(
          "POST /v1/responses HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
        )
        let word = reader.next(isReply: true)
        socket.write("{}")
        return (word?.status, reader.next(isReply: true)?.status)
      }
      #expect(replies == (100, 200))
    }
    #expect(upstream.requests.first?.value(of: "expect") == nil)
  }

  @Test func redirectsAreTheClientsBusiness() async throws {
    let upstream = try ScriptedUpstream(
      reply: "HTTP/1.1 302 Found\r\nlocation: /v1/elsewhere\r\ncontent-length: 0\r\n\r\n")
    try await withServer(upstream) { server in
      let reply = try await server.send("GET /v1/x")
      #expect(reply.status == 302)
      #expect(reply.value(of: "location") == "/v1/elsewhere")
    }
    #expect(upstream.requests.count == 1)
  }

  @Test(arguments: ["", "{", "[1,2", "\u{FEFF}{}", "not json \u{0}\u{1}", "{\"messages\":3}"])
  func whatIsNoBodyOfOursPassesUntouched(body: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      let reply = try await server.chat(body)
      #expect(reply.status == 200)
    }
    #expect(upstream.requests.first.map { $0.body } == Array(body.utf8))
  }

  @Test(arguments: 0..<24)
  func randomBytesInRandomPiecesPassUnchanged(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let sizes = [0, 1, 7, 1000, 65_536, 300_000]
    let body = (0..<(sizes.randomElement(using: &generator) ?? 0)).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    let answer = (0..<(sizes.randomElement(using: &generator) ?? 0)).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    var pieces: [ArraySlice<UInt8>] = []
    var rest = answer[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...40_000, using: &generator))
      pieces.append(piece)
      rest = rest.dropFirst(piece.count)
    }
    let type =
      ["application/json", "text/event-stream", "x"].randomElement(using: &generator) ?? ""
    let framing = seed % 3
    let (chunks, head) = (pieces, "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\n")
    let upstream = try ScriptedUpstream { _, socket in
      switch framing {
      case 0: socket.write(head + "content-length: \(answer.count)\r\n\r\n")
      case 1: socket.write(head + "transfer-encoding: chunked\r\n\r\n")
      default: socket.write(head + "connection: close\r\n\r\n")
      }
      for chunk in chunks {
        if framing == 1 { socket.write(String(chunk.count, radix: 16) + "\r\n") }
        socket.write(Array(chunk))
        if framing == 1 { socket.write("\r\n") }
      }
      if framing == 1 { socket.write("0\r\n\r\n") }
    }
    let path = seed % 2 == 0 ? "/v1/chat/completions" : "/v1/other"
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      let reply = try await server.send("POST \(path)", body: body)
      #expect(reply.isComplete, "\(server.log.text)")
      #expect(reply.body.count == answer.count)
      #expect(reply.body.elementsEqual(answer))
    }
    #expect(upstream.requests.first.map { $0.body.elementsEqual(body) } == true)
  }
}
