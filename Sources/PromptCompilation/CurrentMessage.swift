internal import Bytes
internal import Tokenization

/// The content of the current user message, put together of blocks, annotation and query, and where
/// each of them stands in it.
///
/// Behind a block, and behind the annotation, stands a frame, the annotation or the query. Frames and
/// the annotation begin with a fixed character. A query that begins with white space, `/` or a
/// character that composes with what is before it would change the tokens before it; one line,
/// `[Question]`, then stands before it.
struct CurrentMessage {
  /// A part of the content.
  struct Part {
    var kind: Section.Kind
    var label: ByteString?
    var range: ByteRange
    var content: ByteRange
  }

  /// The content as the request carries it.
  private(set) var content: Content
  /// The parts that stand in the text of the content, in order.
  private(set) var parts: [Part] = []

  /// Puts the content together; nil if there are neither blocks nor a query.
  init?(_ prompt: PromptRepresentation) {
    guard !prompt.blocks.isEmpty || prompt.query != nil else { return nil }
    var bytes: [UInt8] = []
    var parts: [Part] = []
    func append(
      _ kind: Section.Kind, _ text: [UInt8], label: ByteString? = nil, content: ByteRange? = nil
    ) {
      let range = ByteRange(bytes.count, bytes.count + text.count)
      let own = content?.shifted(by: bytes.count) ?? range
      parts.append(Part(kind: kind, label: label, range: range, content: own))
      bytes += text
    }
    for block in prompt.blocks {
      let frame = block.frame
      append(
        block.referent == nil ? .block : .reference, frame.bytes, label: block.label,
        content: frame.textRange)
    }
    if let annotation = prompt.annotation {
      append(.annotation, annotation.bytes + [UInt8(ascii: "\n")])
    }
    let query = prompt.query ?? Content(parts: [])
    let queryText = query.text
    let context = bytes
    let guardLine = !bytes.isEmpty && Self.needsGuard(queryText) ? Array("[Question]\n".utf8) : []
    if !queryText.isEmpty {
      append(
        .query, guardLine + queryText.bytes,
        content: ByteRange(guardLine.count, guardLine.count + queryText.count))
    }
    content =
      query.isText
      ? Content(text: ByteString(bytes))
      : Self.content(context: context + guardLine, query: query)
    self.parts = parts
  }

  /// The content as parts. Texts of parts are put together with a line break, which the context has
  /// at its end already.
  private static func content(context: [UInt8], query: Content) -> Content {
    guard !context.isEmpty else { return query }
    let isFollowed = !query.text.isEmpty
    let text = ByteString(isFollowed ? Array(context.dropLast()) : context)
    return Content(parts: [.text(text)] + query.parts)
  }

  private static func needsGuard(_ query: ByteString) -> Bool {
    !query.isEmpty && !TextBoundary.canFollowLineBreak(query)
  }
}
