import Foundation
import Synchronization
import TestSupport
import Testing

/// `cpc serve` as a process.
@Suite struct ServeCommandTests {
  private static func post(_ port: Int) throws -> RawMessage? {
    let socket = try Socket(port: port)
    defer { socket.close() }
    socket.write(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
    )
    var reader = RawReader(socket)
    return reader.next(isReply: true)
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalUnderLoadLosesNoRequest(signal: Int32) async throws {
    let upstream = try ScriptedUpstream { _, socket in
      usleep(200_000)
      socket.write(ScriptedUpstream.json("{\"done\":true}"))
    }
    defer { upstream.stop() }
    let served = try await blocking {
      try ServedProcess([], environment: ["CONTEXTPILOT_INFER_API_URL": upstream.url])
    }
    let port = served.port
    let replies = try await withThrowingTaskGroup(of: RawMessage?.self) { group in
      for _ in 0..<10 { group.addTask { try await blocking { try Self.post(port) } } }
      #expect(try await eventually { upstream.requests.count == 10 })
      served.signal(signal)
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(replies.count == 10)
    #expect(replies.allSatisfy { $0?.text == "{\"done\":true}" && $0?.isComplete == true })
    let log = try await blocking { served.end() }
    #expect(served.status == 0)
    #expect(log.components(separatedBy: "status=200").count == 11, "\(log)")
    #expect(log.hasSuffix("stopped\n"))
  }

  @Test func settingsComeFromAFile() async throws {
    try await blocking {
      try Command.withTemporaryFolder { folder in
        let path = folder + "/serve.yaml"
        try "mode: observe\nlog-level: debug\nlog_format: json\nchunk-modulus: 13\n".write(
          toFile: path, atomically: true, encoding: .utf8)
        let process = try ServedProcess(["--config", path, "--log-format", "text"])
        process.signal(SIGTERM)
        #expect(process.end().hasSuffix("stopped\n"))
      }
    }
  }

  @Test func aPortThatIsTakenEndsWithExitCode2() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    defer { upstream.stop() }
    let result = try await blocking {
      try Command.run(["serve", "--port", String(upstream.port)])
    }
    #expect(result.status == 2)
    #expect(result.errors.contains("cannot listen at 127.0.0.1:\(upstream.port): "))
  }

  @Test(arguments: [
    (["--port", "x"], "--port: must be a whole number from 0 to 65535\n"),
    (
      ["--traces", "http://127.0.0.1:x"],
      "--traces: the port \"x\" must be a number from 1 to 65535: write the collector's URL for "
        + "OTLP over HTTP, as in http://127.0.0.1:4318\n"
    ),
    (["--mode", "safe"], "mode safe: needs a model, to count tokens with: give --model qwen3\n"),
    (
      ["--config", "nowhere.yaml"], "nowhere.yaml: error: cannot open: No such file or directory\n"
    ),
  ])
  func faultsEndWithExitCode2(arguments: [String], message: String) async throws {
    let result = try await blocking { try Command.run(["serve"] + arguments) }
    #expect(result.status == 2)
    #expect(result.errors.hasSuffix(message), "\(result.errors)")
  }
}
