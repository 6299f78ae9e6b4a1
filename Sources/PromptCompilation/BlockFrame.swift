internal import Bytes

/// How a block stands in the prompt, the same for every model:
/// ```
/// <doc id="LABEL" title="TITLE">
/// TEXT
/// </doc>
/// ```
/// and a reference to an earlier block:
/// ```
/// <doc id="LABEL" same-as="OTHER"/>
/// ```
/// A frame begins with `<` and ends with a newline, so that whatever stands around it its tokens are
/// the same (see `TextEncoder.stableEnd`).
struct BlockFrame {
  /// The bytes of the frame.
  let bytes: [UInt8]
  /// Where the block's text stands in the frame; empty for a reference.
  let textRange: ByteRange

  init(_ block: ContextBlock, showing text: [UInt8]) {
    var bytes = Self.opening
    bytes += Self.escaped(block.label)
    if let title = block.title {
      bytes += Array("\" title=\"".utf8)
      bytes += Self.escaped(title)
    }
    if let referent = block.referent {
      bytes += Array("\" same-as=\"".utf8)
      bytes += Self.escaped(referent)
      bytes += Array("\"/>\n".utf8)
      textRange = ByteRange(bytes.count, bytes.count)
      self.bytes = bytes
      return
    }
    bytes += Array("\">\n".utf8)
    textRange = ByteRange(bytes.count, bytes.count + text.count)
    bytes += text
    bytes += Array("\n</doc>\n".utf8)
    self.bytes = bytes
  }

  private static let opening = Array("<doc id=\"".utf8)
  /// Where the label stands in a frame, in bytes.
  static let labelStart = opening.count

  /// How references inside of texts name the block with a label.
  static func source(of label: ByteString) -> ByteString {
    var name: [UInt8] = []
    name.reserveCapacity(sourcePrefix.count + label.count)
    name += sourcePrefix
    name += escaped(label)
    return ByteString(name)
  }

  private static let sourcePrefix = Array("doc ".utf8)

  /// `text` as the value of an attribute: on one line, with no quote and no tag.
  static func escaped(_ text: ByteString) -> [UInt8] {
    guard text.bytes.contains(where: { escape(of: $0) != nil }) else { return text.bytes }
    return text.bytes.flatMap { byte in escape(of: byte).map { Array($0.utf8) } ?? [byte] }
  }

  /// What stands for a byte in an attribute; nil if it stands for itself.
  private static func escape(of byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "\n"): "&#10;"
    case UInt8(ascii: "\r"): "&#13;"
    default: nil
    }
  }
}
