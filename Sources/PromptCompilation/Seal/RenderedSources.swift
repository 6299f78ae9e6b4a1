internal import Bytes
internal import ChatTemplates

/// Where the strings of a request stand in the text that a template made of it.
struct RenderedSources {
  /// The stretch from the first to the last byte that comes from the tools; nil if nothing does.
  private(set) var tools: ByteRange?
  /// The same for each message, by its index.
  private var messages: [Int: ByteRange] = [:]
  private let rendered: RenderedPrompt

  /// - Complexity: linear in the number of spans.
  init(_ rendered: RenderedPrompt) {
    self.rendered = rendered
    let owners = rendered.sources.map(Owner.init)
    for span in rendered.spans where owners.indices.contains(span.source) {
      switch owners[span.source] {
      case .tools: tools = Self.joined(tools, span.outputRange)
      case .message(let index):
        messages[index] = Self.joined(messages[index], span.outputRange)
      case .other: break
      }
    }
  }

  /// The stretch from the first to the last byte that comes from message `index`; nil if nothing does.
  func message(_ index: Int) -> ByteRange? {
    messages[index]
  }

  /// The spans in which the text holds bytes of the string at `path` unchanged, in order.
  func verbatimSpans(ofStringAt path: ByteString) -> [RenderedSpan] {
    guard let source = rendered.sources.firstIndex(of: path) else { return [] }
    return rendered.spans.filter { $0.source == source && $0.isVerbatim }
  }

  private static func joined(_ extent: ByteRange?, _ range: ByteRange) -> ByteRange {
    guard let extent else { return range }
    return ByteRange(min(extent.start, range.start), max(extent.end, range.end))
  }
}

extension RenderedSources {
  /// What a string of the request belongs to.
  enum Owner: Hashable {
    case tools
    case message(Int)
    case other

    /// Reads a path such as `messages[2].content`.
    init(_ path: ByteString) {
      if path.bytes.starts(with: Self.toolPrefix) {
        self = .tools
        return
      }
      guard path.bytes.starts(with: Self.messagePrefix) else {
        self = .other
        return
      }
      let digits = path.bytes.dropFirst(Self.messagePrefix.count).prefix { $0 != UInt8(ascii: "]") }
      self = Int(String(decoding: digits, as: UTF8.self)).map { .message($0) } ?? .other
    }

    private static let toolPrefix = Array("tools[".utf8)
    private static let messagePrefix = Array("messages[".utf8)
  }
}

extension [RenderedSpan] {
  /// Where byte `offset` of the string that these spans show stands in the text; the end of a span is
  /// found too. Nil if it does not stand there unchanged.
  func position(of offset: Int) -> Int? {
    first { $0.sourceRange.start <= offset && offset <= $0.sourceRange.end }
      .map { $0.outputRange.start + offset - $0.sourceRange.start }
  }
}
