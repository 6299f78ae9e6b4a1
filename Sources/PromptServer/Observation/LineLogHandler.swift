internal import Bytes
internal import Glibc
public import Logging
internal import OrderedJSON

/// Writes log events to standard error, a line each, as text or as JSON.
///
/// ```
/// 2026-11-28T14:00:05.123Z info request endpoint=/v1/chat/completions status=200 ms=12
/// {"time":"2026-11-28T14:00:05.123Z","level":"info","message":"request","status":"200"}
/// ```
/// Control characters are written as escapes in both, so that no value can end a line.
public struct LineLogHandler: LogHandler {
  /// Where lines go.
  public typealias Sink = @Sendable ([UInt8]) -> Void

  /// The least grave events that are written.
  public var logLevel: Logger.Level
  /// What stands in every line.
  public var metadata: Logger.Metadata = [:]
  /// What adds to every line.
  public var metadataProvider: Logger.MetadataProvider?
  private let format: ServerConfiguration.LogFormat
  private let write: Sink

  /// Makes a handler.
  ///
  /// - Parameter sink: takes each line with its newline; standard error if not given.
  public init(
    level: Logger.Level, format: ServerConfiguration.LogFormat,
    to sink: @escaping Sink = LineLogHandler.standardError
  ) {
    logLevel = level
    self.format = format
    write = sink
  }

  /// What stands in every line under a name.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes an event.
  public func log(event: LogEvent) {
    var fields = metadata
    for (key, value) in metadataProvider?.get() ?? [:] { fields[key] = value }
    for (key, value) in event.metadata ?? [:] { fields[key] = value }
    let named = fields.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 }
    switch format {
    case .text: write(Self.text(event, named))
    case .json: write(Self.json(event, named))
    }
  }

  /// Writes a line to standard error, with one call, so that lines of several threads do not mix.
  public static let standardError: Sink = { line in
    // Where standard error cannot be written to, there is nowhere to say so.
    _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func text(_ event: LogEvent, _ fields: [(String, String)]) -> [UInt8] {
    var line = Array("\(UTCTime.now) \(event.level.rawValue) ".utf8)
    line += escaped(event.message.description)
    for (key, value) in fields {
      line += Array(" \(key)=".utf8)
      let isWord = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
      if isWord {
        line += Array(value.utf8)
      } else {
        JSONWriter.appendQuoted(Array(value.utf8), to: &line)
      }
    }
    return line + [UInt8(ascii: "\n")]
  }

  private static func escaped(_ text: String) -> [UInt8] {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return Array(text.utf8) }
    var quoted: [UInt8] = []
    JSONWriter.appendQuoted(Array(text.utf8), to: &quoted)
    return quoted
  }

  private static func json(_ event: LogEvent, _ fields: [(String, String)]) -> [UInt8] {
    var members = [
      JSONMember("time", JSONNode(.string(ByteString(UTCTime.now)))),
      JSONMember("level", JSONNode(.string(ByteString(event.level.rawValue)))),
      JSONMember("message", JSONNode(.string(ByteString(event.message.description)))),
    ]
    members += fields.map { JSONMember(ByteString($0.0), JSONNode(.string(ByteString($0.1)))) }
    return JSONWriter.write(.object(members)) + [UInt8(ascii: "\n")]
  }
}

/// The time of day in UTC.
enum UTCTime {
  /// Now: `2026-11-28T14:00:05.123Z`.
  static var now: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var seconds = time.tv_sec
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return String(seconds) }
    func padded(_ number: Int, to width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
    let clock = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
    return date.map { padded($0) }.joined(separator: "-") + "T"
      + clock.map { padded($0) }.joined(separator: ":") + "."
      + padded(time.tv_nsec / 1_000_000, to: 3) + "Z"
  }

  /// Now, in nanoseconds since 1970.
  static var nanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: time.tv_sec) * 1_000_000_000 + UInt64(clamping: time.tv_nsec)
  }

  /// Now, in milliseconds since 1970.
  static var milliseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: time.tv_sec) * 1000 + UInt64(clamping: time.tv_nsec / 1_000_000)
  }
}
