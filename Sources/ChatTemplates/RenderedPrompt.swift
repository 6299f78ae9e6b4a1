public import Bytes

/// What a chat template makes of a request: the prompt, and which bytes of it come from where.
public struct RenderedPrompt: Sendable {
  /// The prompt, as UTF-8.
  public var bytes: [UInt8]
  /// Which bytes come from strings of the request, in the order of the prompt. Spans do not
  /// overlap; runs that go on in the same string are one span.
  public var spans: [RenderedSpan]
  /// The path of each string of the request by its number: `messages[2].content`,
  /// `tools[0].function.description`, `keyword_arguments.x`. All string values are there, in the
  /// order of the request, used or not.
  public var sources: [ByteString]

  /// Makes a rendered prompt.
  public init(bytes: [UInt8], spans: [RenderedSpan], sources: [ByteString]) {
    self.bytes = bytes
    self.spans = spans
    self.sources = sources
  }
}

/// A range of a prompt that comes from a string of the request.
public struct RenderedSpan: Hashable, Sendable {
  /// The number of the string, which is an index of `RenderedPrompt.sources`.
  public var source: Int
  /// Which bytes of that string.
  public var sourceRange: ByteRange
  /// Which bytes of the prompt.
  public var outputRange: ByteRange
  /// Whether both ranges hold the same bytes. If not, the bytes of the prompt were made from those
  /// of the string, by escaping for example.
  public var isVerbatim: Bool

  /// Makes a span.
  public init(source: Int, sourceRange: ByteRange, outputRange: ByteRange, isVerbatim: Bool) {
    self.source = source
    self.sourceRange = sourceRange
    self.outputRange = outputRange
    self.isVerbatim = isVerbatim
  }
}

extension RenderedPrompt {
  init(_ text: Text, sources: [ByteString]) {
    bytes = text.bytes
    spans = text.spans.map {
      RenderedSpan(
        source: $0.source, sourceRange: $0.sourceRange, outputRange: $0.range,
        isVerbatim: $0.isVerbatim)
    }
    self.sources = sources
  }
}
