/// A request or a reply as it came over the wire.
struct RawMessage: Sendable {
  /// The first line, without its end.
  var start: String
  /// The fields in order.
  var fields: [(name: String, value: String)]
  /// The body, freed of chunks.
  var body: [UInt8]
  /// Whether the body came to the end that its head or its last chunk says.
  var isComplete: Bool

  var text: String { String(decoding: body, as: UTF8.self) }
  var status: Int { Int(start.split(separator: " ").dropFirst().first ?? "") ?? 0 }

  func values(of name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  func value(of name: String) -> String? { values(of: name).first }
}

/// Reads messages from a socket.
struct RawReader {
  let socket: Socket
  private var buffer: [UInt8] = []

  init(_ socket: Socket) {
    self.socket = socket
  }

  /// Reads the next message; nil if the connection ended before its head did.
  ///
  /// - Parameter isReply: whether a body without a length goes on to the end of the connection.
  mutating func next(isReply: Bool) -> RawMessage? {
    guard var message = head() else { return nil }
    if message.status / 100 == 1 { return message }
    if let length = message.value(of: "content-length").flatMap({ Int($0) }) {
      while buffer.count < length, fill() {}
      message.body = Array(buffer.prefix(length))
      message.isComplete = buffer.count >= length
      buffer.removeFirst(min(length, buffer.count))
    } else if message.value(of: "transfer-encoding")?.lowercased() == "chunked" {
      message.isComplete = false
      while let chunk = nextChunk() {
        guard !chunk.isEmpty else {
          message.isComplete = line() != nil
          break
        }
        message.body += chunk
      }
    } else if isReply, ![204, 304].contains(message.status) {
      while fill() {}
      message.body = buffer
      buffer = []
    }
    return message
  }

  /// Reads the next message and drops its body, which has a length; nil if the connection ended before.
  mutating func skip() -> RawMessage? {
    guard let message = head(),
      let length = message.value(of: "content-length").flatMap({ Int($0) })
    else { return nil }
    var count = buffer.count
    buffer = []
    while count < length {
      let bytes = socket.read()
      guard !bytes.isEmpty else { return nil }
      count += bytes.count
    }
    return message
  }

  /// Reads the head of a message alone.
  mutating func head() -> RawMessage? {
    guard let start = line() else { return nil }
    var fields: [(name: String, value: String)] = []
    while let text = line(), !text.isEmpty {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      fields.append((String(parts[0]), String(parts.last?.drop { $0 == " " } ?? "")))
    }
    return RawMessage(start: start, fields: fields, body: [], isComplete: true)
  }

  /// Reads a chunk of a body; empty for the last one, nil if the connection ended.
  mutating func nextChunk() -> [UInt8]? {
    guard let size = line().flatMap({ Int($0, radix: 16) }) else { return nil }
    guard size > 0 else { return [] }
    while buffer.count < size + 2, fill() {}
    guard buffer.count >= size + 2 else { return nil }
    let chunk = Array(buffer.prefix(size))
    buffer.removeFirst(size + 2)
    return chunk
  }

  /// Reads so many bytes, or up to the end of the connection.
  mutating func bytes(_ count: Int) -> [UInt8] {
    while buffer.count < count, fill() {}
    let bytes = Array(buffer.prefix(count))
    buffer.removeFirst(bytes.count)
    return bytes
  }

  private mutating func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        var text = buffer[..<end]
        if text.last == 13 { text = text.dropLast() }
        let line = String(decoding: text, as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      guard fill() else { return nil }
    }
  }

  private mutating func fill() -> Bool {
    let bytes = socket.read()
    buffer += bytes
    return !bytes.isEmpty
  }
}
