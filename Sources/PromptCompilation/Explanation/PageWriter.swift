/// Writes a page as HTML that is well-formed XML too: the content of users is escaped wherever it stands.
///
/// What has no shape of its own, or turns the direction of the text around it, is written as its code point,
/// `⟦U+202E⟧`; other control characters as their pictures, and bytes that are not UTF-8 as `\xE4`.
struct PageWriter {
  /// What was written so far.
  private(set) var bytes: [UInt8] = []

  /// Appends our own markup as it is.
  mutating func markup(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Appends a text, for between tags and for values of attributes.
  mutating func text(_ text: String) {
    self.text(Array(text.utf8))
  }

  /// Appends a text, for between tags and for values of attributes.
  ///
  /// - Complexity: linear.
  mutating func text(_ text: some Collection<UInt8>) {
    if text.allSatisfy({ Self.isPlain($0) }) {
      bytes.append(contentsOf: text)
      return
    }
    let contents = Array(text)
    var iterator = contents.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        append(Unicode.UTF8.decode(encoded))
        offset += encoded.count
      case .error(let length):
        for byte in contents[offset..<min(offset + length, contents.count)] {
          markup("\\x" + (byte < 16 ? "0" : "") + Self.hexadecimal(UInt32(byte)))
        }
        offset += length
      case .emptyInput: return
      }
    }
  }

  /// Appends an element with a text.
  ///
  /// - Parameter tag: the name and the attributes.
  mutating func element(_ tag: String, _ text: String) {
    markup("<\(tag)>")
    self.text(text)
    markup("</\(tag.prefix { $0 != " " })>")
  }

  /// Appends JSON for the scripts of the page: no character of it is markup.
  mutating func script(json: [UInt8]) {
    markup("<script type=\"application/json\" id=\"data\">")
    for byte in json {
      switch byte {
      case UInt8(ascii: "<"): markup("\\u003c")
      case UInt8(ascii: ">"): markup("\\u003e")
      case UInt8(ascii: "&"): markup("\\u0026")
      default: bytes.append(byte)
      }
    }
    markup("</script>\n")
  }

  /// Appends the beginning of a page.
  mutating func begin(title: String, style: String) {
    markup(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'"/>

      """)
    element("title", title)
    markup("\n<style>\n\(PageText.commonStyle)\(style)</style>\n</head>\n<body>\n")
    markup("<a class=\"skip\" href=\"#main\">To the content</a>\n")
  }

  /// Appends a script of our own and the end of the page.
  mutating func end(script: String) {
    markup("<script>\n/*<![CDATA[*/\n\(script)/*]]>*/\n</script>\n</body>\n</html>\n")
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "<": markup("&lt;")
    case ">": markup("&gt;")
    case "&": markup("&amp;")
    case "\"": markup("&quot;")
    case "'": markup("&#39;")
    case "\n", "\t": markup("&#\(scalar.value);")
    default:
      if scalar.value < 0x20 || scalar.value == 0x7F {
        let picture = scalar.value == 0x7F ? 0x2421 : 0x2400 + scalar.value
        markup(Unicode.Scalar(picture).map { String(Character($0)) } ?? "")
      } else if Self.isHidden(scalar) {
        markup("\u{27E6}U+\(Self.hexadecimal(scalar.value))\u{27E7}")
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      }
    }
  }

  /// Whether a character shows nothing itself. The two joiners shape what stands beside them.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\u{200C}" || scalar == "\u{200D}" { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
      .surrogate:
      return true
    default: return false
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      false
    default: byte >= 0x20 && byte < 0x7F
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    String(value, radix: 16, uppercase: true)
  }
}
