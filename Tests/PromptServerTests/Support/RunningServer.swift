import Logging
import PromptServer
import ServiceLifecycle
import Synchronization
import Testing

/// A server under test in this process, on a port of its own.
struct RunningServer: Sendable {
  let port: Int
  let server: PromptServer
  let group: ServiceGroup
  let log: LogLines

  /// Sends a request with `Connection: close` and reads the reply.
  func send(
    _ start: String, _ fields: [String] = [], body: [UInt8]? = nil
  ) async throws -> RawMessage {
    var head = "\(start) HTTP/1.1\r\nhost: test\r\nconnection: close\r\n"
    for field in fields { head += field + "\r\n" }
    if let body { head += "content-length: \(body.count)\r\n" }
    let bytes = Array((head + "\r\n").utf8) + (body ?? [])
    let port = port
    return try await blocking {
      let socket = try Socket(port: port)
      defer { socket.close() }
      socket.write(bytes)
      var reader = RawReader(socket)
      let reply = reader.next(isReply: true)
      return try #require(reply, "no reply")
    }
  }

  /// Posts a JSON body to `/v1/chat/completions`.
  func chat(_ body: String, _ fields: [String] = []) async throws -> RawMessage {
    try await send("POST /v1/chat/completions", fields, body: Array(body.utf8))
  }

  /// Waits until something is so, for up to 5 s.
  func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    try await PromptServerTests.eventually(condition)
  }
}

/// Waits until something is so, for up to 5 s.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
  for _ in 0..<500 {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}

/// What a server logs.
final class LogLines: Sendable {
  private let lines: Mutex<[UInt8]> = Mutex([])

  func append(_ line: [UInt8]) { lines.withLock { $0 += line } }

  var text: String { lines.withLock { String(decoding: $0, as: UTF8.self) } }
}

/// Runs a server while `body` runs.
func withServer<Value: Sendable>(
  _ upstream: ScriptedUpstream?, rewriter: (any RequestRewriting)? = nil,
  endpoints: [any ServerEndpoints] = [],
  _ options: [ServerSetting: String] = [:], environment: [String: String] = [:],
  _ body: @Sendable (RunningServer) async throws -> Value
) async throws -> Value {
  await ServerPlaces.shared.enter()
  defer { ServerPlaces.shared.leave() }
  var options = options
  options[.port] = "0"
  if options[.upstream] == nil { options[.upstream] = upstream?.url }
  let configuration = try ServerConfiguration(options: options, environment: { environment[$0] })
  let log = LogLines()
  let logger = Logger(label: "test") { _ in
    LineLogHandler(level: configuration.logLevel, format: configuration.logFormat) {
      log.append($0)
    }
  }
  let (ports, source) = AsyncStream<Int>.makeStream()
  let server = try PromptServer(
    configuration, rewriter: rewriter, endpoints: endpoints, logger: logger
  ) { source.yield($0) }
  var groupConfiguration = ServiceGroupConfiguration(
    services: [server], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
  groupConfiguration.maximumGracefulShutdownDuration = configuration.limits.shutdown
  let group = ServiceGroup(configuration: groupConfiguration)
  let run = Task {
    // A server that cannot start has no port.
    defer { source.finish() }
    try await group.run()
  }
  defer { upstream?.stop() }
  var iterator = ports.makeAsyncIterator()
  let first = await iterator.next()
  let port = try #require(first)
  let running = RunningServer(port: port, server: server, group: group, log: log)
  do {
    let value = try await body(running)
    await group.triggerGracefulShutdown()
    _ = await run.result
    return value
  } catch {
    await group.triggerGracefulShutdown()
    _ = await run.result
    throw error
  }
}
