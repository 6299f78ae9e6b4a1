internal import OrderedJSON

/// Reads what a reply says of its tokens, and the text if that is wanted, while it passes, and keeps no more of it than needed.
struct ReplyObserver {
  private enum Form {
    case json
    case events
    case unread
  }
  private var form: Form
  private var kept: [UInt8] = []
  /// What is known so far.
  private(set) var usage = ReportedUsage()
  /// Whether the last event of a stream was there: who has it need not wait for the end of the body.
  private(set) var hasLastEvent = false
  /// Whether the event that is being read is the last one.
  private var isLastEvent = false
  /// The text so far; nil if it is not read.
  private var generated: GeneratedText?
  /// The events that are the last ones of Anthropic's streams and of those of Responses. OpenAI's other streams
  /// end with data that is no JSON.
  private static let lastEvents: [StaticString] = [
    "message_stop", "response.completed", "response.incomplete", "response.failed",
  ]
  private static let lastData: StaticString = "[DONE]"
  /// The longest reply, and the longest line of a stream, that is kept, in bytes.
  private static let limit = 4 << 20

  /// Makes an observer of a reply with these fields. One that is packed is not read.
  ///
  /// - Parameters:
  ///   - contentEncodings: how it is packed, the values of all fields.
  ///   - readsText: whether the text is kept too.
  init(contentType: String?, contentEncodings: [String], readsText: Bool) {
    generated = readsText ? GeneratedText() : nil
    let type = (contentType ?? "").lowercased()
    switch ContentCoding.isPlain(contentEncodings) {
    case true where type.hasPrefix("text/event-stream"): form = .events
    case true where type.hasPrefix("application/json"): form = .json
    default: form = .unread
    }
  }

  /// What is known of the reply.
  var reply: PromptReply {
    PromptReply(
      usage: usage, text: form == .unread ? nil : generated?.text,
      finishReason: generated?.finishReason)
  }

  /// Takes the next bytes of the body.
  mutating func take(_ bytes: some Collection<UInt8>) {
    switch form {
    case .unread: break
    case .json: keep(bytes)
    case .events:
      var rest = bytes[...]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        keep(rest[..<end])
        readLine()
        rest = rest[rest.index(after: end)...]
      }
      keep(rest)
    }
  }

  /// Takes the end of the body.
  mutating func finish() async {
    self = await computing(over: kept.count) { [self] in
      var observer = self
      observer.readEnd()
      return observer
    }
  }

  private mutating func readEnd() {
    switch form {
    case .json: read(kept[...])
    case .events: readLine()
    case .unread: break
    }
    kept = []
  }

  private mutating func keep(_ bytes: some Collection<UInt8>) {
    guard kept.count + bytes.count <= Self.limit else {
      kept = []
      form = .unread
      return
    }
    kept.append(contentsOf: bytes)
  }

  private mutating func readLine() {
    defer { kept.removeAll(keepingCapacity: true) }
    if kept.starts(with: "event:".utf8) {
      isLastEvent = Self.lastEvents.contains { Self.isValue($0, ofField: kept[6...]) }
    }
    guard kept.starts(with: "data:".utf8) else { return }
    if isLastEvent || Self.isValue(Self.lastData, ofField: kept[5...]) { hasLastEvent = true }
    read(kept[5...])
  }

  /// Whether what stands behind a field's colon is a word, with white space around it or none.
  private static func isValue(_ word: StaticString, ofField bytes: ArraySlice<UInt8>) -> Bool {
    word.withUTF8Buffer { word in
      let value = bytes.drop { $0 == UInt8(ascii: " ") }
      guard value.count < word.count + 3, value.starts(with: word) else { return false }
      return value.dropFirst(word.count).allSatisfy {
        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r")
      }
    }
  }

  private mutating func read(_ json: ArraySlice<UInt8>) {
    let hasUsage =
      Self.contains("\"usage\"", in: json) || Self.contains("\"timings\"", in: json)
    guard hasUsage || generated?.isKnown == true else { return }
    let bytes = Array(json)
    guard BodyExtent.isReadable(bytes),
      let node = try? JSONParser.parse(bytes, loneSurrogates: .replaced)
    else { return }
    if hasUsage { usage.update(ReportedUsage(node)) }
    generated?.append(node)
  }

  private static func contains(_ word: StaticString, in bytes: ArraySlice<UInt8>) -> Bool {
    word.withUTF8Buffer { word in
      guard let first = word.first, bytes.count >= word.count else { return false }
      var rest = bytes
      while let place = rest.firstIndex(of: first) {
        if rest[place...].starts(with: word) { return true }
        rest = rest[(place + 1)...]
      }
      return false
    }
  }
}
