import Foundation
import Synchronization
import TestSupport
import Testing

/// `cpc serve` as a process.
@Suite struct ServeCommandTests {
  /// A process of `cpc serve` that listens.
  private final class Served: Sendable {
    let process: Process
    let port: Int
    private let output: Pipe

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Command.binary)
      process.arguments = ["serve", "--port", "0"] + arguments
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      process.currentDirectoryURL = URL(fileURLWithPath: Shared.packageRoot)
      let output = Pipe()
      process.standardError = output
      try process.run()
      self.process = process
      self.output = output
      var log = ""
      while !log.contains("listening") || !log.hasSuffix("\n") {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        log += String(decoding: data, as: UTF8.self)
      }
      let digits = log.split(separator: "port=").last?.prefix { $0.isNumber } ?? ""
      port = try #require(Int(digits), "\(log)")
    }

    func end() -> String {
      let rest = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: rest, as: UTF8.self)
    }
  }

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
      try Served([], environment: ["CONTEXTPILOT_INFER_API_URL": upstream.url])
    }
    let port = served.port
    let replies = try await withThrowingTaskGroup(of: RawMessage?.self) { group in
      for _ in 0..<10 { group.addTask { try await blocking { try Self.post(port) } } }
      #expect(try await eventually { upstream.requests.count == 10 })
      kill(served.process.processIdentifier, signal)
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(replies.count == 10)
    #expect(replies.allSatisfy { $0?.text == "{\"done\":true}" && $0?.isComplete == true })
    let log = try await blocking { served.end() }
    #expect(served.process.terminationStatus == 0)
    #expect(log.components(separatedBy: "status=200").count == 11, "\(log)")
    #expect(log.hasSuffix("stopped\n"))
  }

  @Test func settingsComeFromAFile() async throws {
    try await blocking {
      try Command.withTemporaryFolder { folder in
        let path = folder + "/serve.yaml"
        try "mode: observe\nlog-level: debug\nlog_format: json\nchunk-modulus: 13\n".write(
          toFile: path, atomically: true, encoding: .utf8)
        let process = try Served(["--config", path, "--log-format", "text"])
        kill(process.process.processIdentifier, SIGTERM)
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
