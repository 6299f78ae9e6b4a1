internal import Bytes

// What jinja2 does for HTML: chat templates meet it through `|safe` and `|escape`.
extension Text {
  /// The text with `&`, `<`, `>` and both quotes written as HTML entities.
  var escaped: Text {
    var result = Text()
    result.isMarkup = true
    for segment in segments {
      var escaped: [UInt8] = []
      for byte in bytes[segment.start..<segment.end] { Self.appendEscaped(byte, to: &escaped) }
      result.append(escaped, from: slice(segment))
    }
    return result
  }

  /// The text itself if it is markup, or escaped so that it becomes markup.
  var escapedForMarkup: Text { isMarkup ? self : escaped }

  private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "&"): bytes += "&amp;".utf8
    case UInt8(ascii: "<"): bytes += "&lt;".utf8
    case UInt8(ascii: ">"): bytes += "&gt;".utf8
    case UInt8(ascii: "\""): bytes += "&#34;".utf8
    case UInt8(ascii: "'"): bytes += "&#39;".utf8
    default: bytes.append(byte)
    }
  }
}
