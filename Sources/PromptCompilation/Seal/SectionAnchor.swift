internal import Bytes
internal import ChatTemplates

/// A stretch of the prompt's text that comes from one part of the spec; between the anchors stand the
/// words of the template.
struct SectionAnchor {
  var kind: Section.Kind
  var label: ByteString?
  /// The stretch in the prompt's text.
  var bytes: ByteRange
  /// The user's own text in it.
  var content: ByteRange

  init(_ kind: Section.Kind, label: ByteString? = nil, bytes: ByteRange, content: ByteRange? = nil)
  {
    self.kind = kind
    self.label = label
    self.bytes = bytes
    self.content = content ?? bytes
  }
}

/// Finds where the strings of a request stand in the text that a template made of it.
struct RenderedSources {
  private let rendered: RenderedPrompt

  init(_ rendered: RenderedPrompt) {
    self.rendered = rendered
  }

  /// The stretch from the first to the last byte that comes from strings whose path begins with
  /// `prefix`; nil if nothing does.
  func extent(ofPathsUnder prefix: ByteString) -> ByteRange? {
    var extent: ByteRange?
    for span in rendered.spans where isUnder(prefix, span.source) {
      let range = span.outputRange
      extent = ByteRange(
        min(extent?.start ?? range.start, range.start), max(extent?.end ?? range.end, range.end))
    }
    return extent
  }

  /// Where byte `offset` of the string at `path` stands in the text, if it stands there unchanged.
  /// The end of a stretch is found too.
  func position(of offset: Int, inStringAt path: ByteString) -> Int? {
    for span in rendered.spans
    where span.isVerbatim && rendered.sources[span.source] == path
      && span.sourceRange.start <= offset && offset <= span.sourceRange.end
    {
      return span.outputRange.start + offset - span.sourceRange.start
    }
    return nil
  }

  private func isUnder(_ prefix: ByteString, _ source: Int) -> Bool {
    guard rendered.sources.indices.contains(source) else { return false }
    let path = rendered.sources[source].bytes
    guard path.starts(with: prefix.bytes) else { return false }
    guard path.count > prefix.count else { return true }
    return path[prefix.count] == UInt8(ascii: ".") || path[prefix.count] == UInt8(ascii: "[")
  }
}
