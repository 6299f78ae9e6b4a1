import Foundation
import TestSupport
import Testing

/// A process of `cpc serve` that listens.
final class ServedProcess: Sendable {
  let port: Int
  private let process: Process
  private let log: LogLines
  /// Is opened when the log has ended.
  private let ended: Gate

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.binary)
    process.arguments = ["serve", "--port", "0"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: Shared.packageRoot)
    let output = Pipe()
    process.standardError = output
    try process.run()
    let log = LogLines()
    let ended = Gate()
    @Sendable func read() -> Bool {
      let data = output.fileHandleForReading.availableData
      log.append(Array(data))
      return !data.isEmpty
    }
    var line: Substring?
    while line == nil, read() {
      line = log.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .first { $0.contains("listening") }
    }
    // A log that nobody reads would stop the process.
    Thread.detachNewThread {
      while read() {}
      ended.open()
    }
    let digits = (line ?? "").split(separator: "port=").last?.prefix { $0.isNumber } ?? ""
    port = try #require(Int(digits), "\(log.text)")
    self.process = process
    self.log = log
    self.ended = ended
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// The exit code of a process that has ended.
  var status: Int32 { process.terminationStatus }

  /// The memory that is in use, in bytes; nil if the system does not say.
  var memory: Int? {
    let path = "/proc/\(process.processIdentifier)/status"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
    else { return nil }
    return Int(line.filter(\.isNumber)).map { $0 << 10 }
  }

  /// Sends a request with `Connection: close` and returns the reply; nil if there is none.
  func send(_ start: String, _ fields: [String] = [], body: [UInt8]? = nil) throws -> RawMessage? {
    let socket = try Socket(port: port)
    defer { socket.close() }
    var head = "\(start) HTTP/1.1\r\nhost: test\r\nconnection: close\r\n"
    for field in fields { head += field + "\r\n" }
    if let body { head += "content-length: \(body.count)\r\n" }
    socket.write(Array((head + "\r\n").utf8) + (body ?? []))
    var reader = RawReader(socket)
    return reader.next(isReply: true)
  }

  /// Waits for the end and returns the log.
  func end() -> String {
    process.waitUntilExit()
    ended.wait()
    return log.text
  }
}
