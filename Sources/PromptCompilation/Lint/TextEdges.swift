internal import Bytes

/// The system text of a spec with the white space at its edges.
struct TextEdges {
  let spec: Spec
  let text: LintText
  /// The bytes of white space at its beginning.
  let leading: Int
  /// The bytes of white space at its end.
  let trailing: Int

  /// Nil if the system text is none, more than one part, or white space alone.
  init?(_ spec: Spec) {
    guard let text = LintText.head(of: spec).first, text.block == nil else { return nil }
    let content = spec.system ?? spec.conversation.first?.content
    guard let content, content.isText, content.parts.count == 1,
      content.texts.first == text.text,
      spec.system != nil || text.field.bytes.starts(with: Array("conversation[0]".utf8))
    else { return nil }
    let bytes = text.text.bytes
    let leading = bytes.prefix(while: Self.isSpace).count
    guard leading < bytes.count else { return nil }
    self.spec = spec
    self.text = text
    self.leading = leading
    trailing = bytes.reversed().prefix(while: Self.isSpace).count
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// The spec with another system text.
  func replacing(by bytes: [UInt8]) -> Spec {
    var spec = spec
    if spec.system != nil {
      spec.system?.mapTexts { _ in ByteString(bytes) }
    } else {
      spec.conversation[0].content?.mapTexts { _ in ByteString(bytes) }
    }
    return spec
  }

  /// Other bytes for a range of the text in the source; nil if the source is no JSON.
  ///
  /// - Parameter bytes: nothing, or a line break.
  func edit(_ range: ByteRange, by bytes: [UInt8]) -> [LintEdit]? {
    guard let source = spec.editableSource, let scalar = SourceScalar(at: text.offset, in: source),
      let start = scalar.offset(ofByte: range.start, of: text.text.bytes),
      let end = scalar.offset(ofByte: range.end, of: text.text.bytes)
    else { return nil }
    return [
      LintEdit(range: ByteRange(start, end), bytes: bytes.isEmpty ? [] : Array("\\n".utf8))
    ]
  }

  /// The last word before byte `end`, for messages.
  func ending(before end: Int) -> ByteString {
    let word = text.text.bytes[..<end].reversed().prefix { !Self.isSpace($0) }.prefix(24)
    let bytes = word.reversed().drop { $0 & 0xC0 == 0x80 }
    return ByteString(Array(bytes))
  }
}
