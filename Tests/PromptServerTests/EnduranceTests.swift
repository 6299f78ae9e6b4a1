import Foundation
import PromptServer
import TestSupport
import Testing

/// What a process of `cpc serve` takes, and what is left of it when it ends.
@Suite struct EnduranceTests {
  private static let chat = "POST /v1/chat/completions"

  /// Sends bytes again and again until there were so many. Returns whether the other side took them.
  private static func pour(_ count: Int, into socket: Socket) -> Bool {
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 18)
    var rest = count
    while rest > 0 {
      guard socket.write(rest < piece.count ? Array(piece.prefix(rest)) : piece) else {
        return false
      }
      rest -= piece.count
    }
    return true
  }

  @Test func longBodiesPassOrAreRefusedInLittleMemory() async throws {
    let length = 100 << 20
    let upstream = try ScriptedUpstream(keepsBodies: false) { _, socket in
      socket.write(ScriptedUpstream.json("{\"done\":true}"))
    }
    defer { upstream.stop() }
    try await blocking {
      let served = try ServedProcess(["--upstream", upstream.url])
      defer { served.signal(SIGKILL) }
      #expect(try served.send("GET /ready")?.status == 200)
      let before = served.memory ?? 0
      for (path, statuses) in [("/v1/files", [200]), ("/v1/chat/completions", [413])] {
        let socket = try Socket(port: served.port)
        defer { socket.close() }
        socket.write(
          "POST \(path) HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: \(length)\r\n\r\n"
        )
        // Who is refused need not be heard to the end.
        let isTaken = Self.pour(length, into: socket)
        #expect(isTaken || path == "/v1/chat/completions")
        var reader = RawReader(socket)
        if let reply = reader.next(isReply: true) { #expect(statuses.contains(reply.status)) }
        if path == "/v1/files" {
          #expect((served.memory ?? 0) - before < 48 << 20)
        }
      }
      #expect(upstream.requests.map { String($0.start.split(separator: " ")[1]) } == ["/v1/files"])
      let metrics = try served.send("GET /metrics")?.text ?? ""
      #expect(metrics.contains("cpc_rejected_total{reason=\"body\"} 1\n"))
    }
  }

  @Test func memoryDoesNotGrowWithTheNumberOfRequests() async throws {
    let upstream = try ScriptedUpstream(json: Bodies.reply(prompt: 1, cached: 0))
    defer { upstream.stop() }
    try await blocking {
      let served = try ServedProcess([
        "--upstream", upstream.url, "--model", "qwen3", "--mode", "safe", "--cache-tokens", "20000",
        "--tenant-limit", "8", "--rewrite-timeout", "30",
      ])
      defer { served.signal(SIGKILL) }
      func send(_ numbers: Range<Int>) throws {
        for number in numbers {
          let blocks = "[{\"text\":\"The hall.\"},{\"text\":\"Room \(number) is next to it.\"}]"
          let body = Array(
            ("{\"messages\":[{\"role\":\"user\",\"content\":\"Where is \(number)?\"}],"
              + "\"cpc\":{\"blocks\":\(blocks)}}").utf8)
          let reply = try served.send(
            Self.chat, ["x-cpc-tenant: t\(number / 20 % 40)"], body: body)
          #expect(reply?.status == 200)
        }
      }
      try send(0..<400)
      let before = try #require(served.memory)
      try send(400..<2400)
      let after = try #require(served.memory)
      #expect(after - before < 16 << 20, "\(before) bytes, then \(after)")
    }
  }

  @Test func aKilledServerLosesNothingThatWasSaved() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    defer { upstream.stop() }
    try await blocking {
      try Command.withTemporaryFolder { folder in
        let index = folder + "/index.db"
        let arguments = [
          "--upstream", upstream.url, "--model", "qwen3", "--mode", "safe", "--index", index,
          "--rewrite-timeout", "30",
        ]
        let first = try ServedProcess(arguments)
        let given = Array(Bodies.blocks(["kitchen", "cellar", "attic"]).utf8)
        #expect(try first.send(Self.chat, body: given)?.status == 200)
        // What was changed is in the file within a second.
        let end = ContinuousClock.now + .seconds(20)
        var isSaved = false
        while !isSaved, ContinuousClock.now < end {
          isSaved = try Command.run(["index", "show", index]).output.contains("1 sequence")
        }
        #expect(isSaved)
        first.signal(SIGKILL)
        _ = first.end()
        let second = try ServedProcess(arguments)
        let other = Array(Bodies.blocks(["attic", "cellar", "kitchen"]).utf8)
        #expect(try second.send(Self.chat, body: other)?.status == 200)
        second.signal(SIGTERM)
        #expect(second.end().hasSuffix("stopped\n"))
      }
    }
    #expect(
      upstream.requests.map(Bodies.order) == [
        ["kitchen", "cellar", "attic"], ["kitchen", "cellar", "attic"],
      ])
  }

  @Test func aServerThatStopsSavesWhatIsOnItsWay() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    defer { upstream.stop() }
    let folder = try Command.withTemporaryFolder { $0 }
    _ = try await blocking { try Command.shell("mkdir -p \(folder)") }
    let arguments = [
      "--upstream", upstream.url, "--model", "qwen3", "--mode", "safe", "--index",
      folder + "/index.db", "--rewrite-timeout", "30",
    ]
    let first = try await blocking { try ServedProcess(arguments) }
    let rooms = (0..<8).map { ["hall \($0)", "cellar \($0)", "attic \($0)"] }
    let statuses = try await withThrowingTaskGroup(of: Int?.self) { group in
      for ids in rooms {
        group.addTask {
          try await blocking {
            try first.send(Self.chat, body: Array(Bodies.blocks(ids).utf8))?.status
          }
        }
      }
      #expect(try await eventually { upstream.requests.count == rooms.count })
      first.signal(SIGTERM)
      // Nobody new is let in.
      #expect(
        try await eventually {
          let reply = try? await blocking { try first.send("GET /ready") }
          return reply == nil
        })
      gate.open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: rooms.count))
    let second = try await blocking {
      _ = first.end()
      return try ServedProcess(arguments)
    }
    for ids in rooms {
      let body = Array(Bodies.blocks(ids.reversed()).utf8)
      _ = try await blocking { try second.send(Self.chat, body: body) }
    }
    second.signal(SIGKILL)
    #expect(upstream.requests.suffix(rooms.count).map(Bodies.order) == rooms)
    _ = try await blocking { try Command.shell("rm -r \(folder)") }
  }
}
