internal import Bytes
internal import Tokenization

/// The content of a user message, put together of blocks, annotation and what the user says, and where
/// each of them stands in it.
///
/// Behind a block, and behind the annotation, stands a frame, the annotation or the user's text. Frames
/// and the annotation begin with a fixed character. A text that begins with white space, `/` or a
/// character that composes with what is before it would change the tokens before it; one line,
/// `[Question]`, then stands before it.
struct ComposedMessage {
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

  /// Puts the content together; nil if there is nothing.
  ///
  /// - Parameters:
  ///   - annotation: the line that tells the importance order, without its newline.
  ///   - text: what the user says.
  ///   - turn: the index of the message in the conversation; nil for the current message.
  init?(blocks: [ContextBlock], annotation: ByteString?, text: Content?, turn: Int? = nil) {
    guard !blocks.isEmpty || annotation != nil || text != nil else { return nil }
    let frames = blocks.map(\.shownFrame)
    let said = text ?? Content(parts: [])
    let saidText = said.text
    var bytes: [UInt8] = []
    bytes.reserveCapacity(
      frames.reduce(Self.guardLine.count + saidText.count) { $0 + $1.bytes.count }
        + (annotation?.count ?? 0) + 1)
    var parts: [Part] = []
    parts.reserveCapacity(blocks.count + 2)
    func append(
      _ kind: Section.Kind, _ text: [UInt8], label: ByteString? = nil, content: ByteRange? = nil
    ) {
      let range = ByteRange(bytes.count, bytes.count + text.count)
      let own = content?.shifted(by: bytes.count) ?? range
      parts.append(Part(kind: kind, label: label, range: range, content: own))
      bytes += text
    }
    for (index, frame) in frames.enumerated() {
      append(
        blocks[index].referent == nil ? .block : .reference, frame.bytes,
        label: blocks[index].label, content: frame.textRange)
    }
    if let annotation {
      append(.annotation, annotation.bytes + [UInt8(ascii: "\n")])
    }
    let contextCount = bytes.count
    let guardLine = !bytes.isEmpty && Self.needsGuard(saidText) ? Self.guardLine : []
    if !saidText.isEmpty {
      append(
        turn == nil ? .query : .turn, guardLine + saidText.bytes,
        label: turn.map { ByteString(String($0)) },
        content: ByteRange(guardLine.count, guardLine.count + saidText.count))
    }
    content =
      said.isText
      ? Content(text: ByteString(bytes))
      : Self.content(context: bytes[..<contextCount] + guardLine, said: said)
    self.parts = parts
  }

  /// The content as parts. Texts of parts are put together with a line break, which the context has
  /// at its end already.
  private static func content(context: ArraySlice<UInt8>, said: Content) -> Content {
    guard !context.isEmpty else { return said }
    let isFollowed = !said.text.isEmpty
    let text = ByteString(isFollowed ? context.dropLast() : context)
    return Content(parts: [.text(text)] + said.parts)
  }

  private static let guardLine = Array("[Question]\n".utf8)

  private static func needsGuard(_ text: ByteString) -> Bool {
    !text.isEmpty && !TextBoundary.canFollowLineBreak(text)
  }
}
