internal import Bytes

// Filters for HTML and addresses.
extension Filters {
  static let markup: [Builtin] = [
    Builtin("safe") { interpreter, subject, _ throws(TemplateError) in
      var text = try interpreter.text(of: subject)
      text.isMarkup = true
      return .string(text)
    },
    Builtin("escape", escape),
    Builtin("e", escape),
    Builtin("forceescape") { interpreter, subject, _ throws(TemplateError) in
      .string(try interpreter.text(of: subject).escaped)
    },
    Builtin("striptags", stripTags),
    Builtin("urlencode", encodeAddress),
  ]

  private static func escape(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    try interpreter.charge(scanning: text)
    return .string(text.escapedForMarkup)
  }

  private static let entities: [(name: Text, text: Text)] = [
    (Text("&lt;"), Text("<")), (Text("&gt;"), Text(">")), (Text("&#34;"), Text("\"")),
    (Text("&quot;"), Text("\"")), (Text("&#39;"), Text("'")), (Text("&amp;"), Text("&")),
  ]

  /// Removes what stands between `<` and `>`, and makes runs of white space one blank.
  private static func stripTags(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let text = try interpreter.text(of: subject)
    try interpreter.charge(scanning: text)
    var kept = Text()
    var start = 0
    while let open = text.firstOffset(of: [UInt8(ascii: "<")], from: start),
      let close = text.firstOffset(of: [UInt8(ascii: ">")], from: open)
    {
      kept.append(text, ByteRange(start, open))
      start = close + 1
    }
    kept.append(text, ByteRange(start, text.count))
    var result = Text()
    for (index, word) in kept.splitByWhitespace(limit: .max).enumerated() {
      if index > 0 { result.append(" ") }
      result.append(word)
    }
    for (name, text) in entities { result = result.replacing(name, with: text) }
    return .string(result)
  }

  private static func encodeAddress(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let entries: [Value]
    switch subject {
    case .dictionary(let dictionary):
      entries = DictionaryView(.items, of: dictionary).elements
    case .list, .tuple, .view, .iterator: entries = try interpreter.elements(of: subject)
    default: return .string(try interpreter.text(of: subject).encodedForAddress(isQuery: false))
    }
    var result = Text()
    for (index, entry) in entries.enumerated() {
      let pair = try interpreter.elements(of: entry)
      guard pair.count == 2 else { throw interpreter.failure("urlencode wants pairs") }
      if index > 0 { result.append("&") }
      result.append(try interpreter.text(of: pair[0]).encodedForAddress(isQuery: true))
      result.append("=")
      result.append(try interpreter.text(of: pair[1]).encodedForAddress(isQuery: true))
    }
    return .string(result)
  }
}

extension Text {
  /// The text with all but letters, digits and `-._~` written as `%` and two digits; in a query a
  /// blank is `+`, elsewhere `/` stays.
  fileprivate func encodedForAddress(isQuery: Bool) -> Text {
    let digits = Array("0123456789ABCDEF".utf8)
    var result = Text()
    for segment in segments {
      var encoded: [UInt8] = []
      for byte in bytes[segment.start..<segment.end] {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "_"), UInt8(ascii: "~"):
          encoded.append(byte)
        case UInt8(ascii: "/") where !isQuery: encoded.append(byte)
        case 0x20 where isQuery: encoded.append(UInt8(ascii: "+"))
        default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
      result.append(encoded, from: slice(segment))
    }
    return result
  }
}
