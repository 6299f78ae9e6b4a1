internal import Bytes

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
