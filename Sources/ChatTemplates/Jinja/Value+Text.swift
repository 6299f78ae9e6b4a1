internal import Bytes

// Python's `str` and `repr`.
extension Interpreter {
  /// What printing `value` prints.
  func text(of value: Value) throws(TemplateError) -> Text {
    switch value {
    case .undefined: return Text()
    case .string(let text): return text
    default:
      var result = Text()
      try appendRepresentation(of: value, to: &result)
      return result
    }
  }

  /// Python's `repr` of `value`.
  func representation(of value: Value) throws(TemplateError) -> Text {
    var result = Text()
    try appendRepresentation(of: value, to: &result)
    return result
  }

  private func appendRepresentation(
    of value: Value, to result: inout Text
  ) throws(TemplateError) {
    try enterValue()
    defer { leaveValue() }
    try check(textBytes: result.count)
    switch value {
    case .undefined: result.append("Undefined")
    case .none: result.append("None")
    case .boolean(let value): result.append(value ? "True" : "False")
    case .integer(let value): result.append(String(value).utf8)
    case .largeInteger(let value): result.append(try digits(of: value).utf8)
    case .float(let value): result.append(FloatText.shortest(value).utf8)
    case .string(let text):
      try charge(text.count)
      if text.isMarkup { result.append("Markup(") }
      result.appendRepresentation(of: text)
      if text.isMarkup { result.append(")") }
    case .list(let list): try appendElements(list.elements, "[", "]", to: &result)
    case .tuple(let list):
      try appendElements(list.elements, "(", list.elements.count == 1 ? ",)" : ")", to: &result)
    case .dictionary(let dictionary): try appendEntries(of: dictionary, to: &result)
    case .view(let view):
      result.append(view.typeName.utf8)
      try appendElements(view.elements, "([", "])", to: &result)
    case .range(let range): result.append(range.description.utf8)
    case .namespace(let namespace): try appendNamespace(namespace, to: &result)
    case .loop(let loop):
      result.append("<LoopContext \(loop.index + 1)/\(loop.items.count)>".utf8)
    case .iterator(let iterator): result.append("<\(iterator.typeName) object>".utf8)
    case .callable(let callable): result.append(callable.description.utf8)
    }
  }

  /// A large integer in decimal; Python writes no more digits than its limit allows.
  func digits(of value: LargeInteger) throws(TemplateError) -> String {
    let digits = value.description
    guard digits.utf8.count - (value.isNegative ? 1 : 0) <= RenderLimits.integerDigits else {
      throw failure(
        "an integer of more than \(RenderLimits.integerDigits) digits cannot be written",
        kind: .limit)
    }
    return digits
  }

  private func appendElements(
    _ elements: [Value], _ open: StaticString, _ close: StaticString, to result: inout Text
  ) throws(TemplateError) {
    result.append(open)
    for (index, element) in elements.enumerated() {
      if index > 0 { result.append(", ") }
      try appendRepresentation(of: element, to: &result)
    }
    result.append(close)
  }

  private func appendEntries(
    of dictionary: ValueDictionary, to result: inout Text
  ) throws(TemplateError) {
    result.append("{")
    for (index, key) in dictionary.keys.enumerated() {
      if index > 0 { result.append(", ") }
      try appendRepresentation(of: key, to: &result)
      result.append(": ")
      try appendRepresentation(of: dictionary.values[index], to: &result)
    }
    result.append("}")
  }

  private func appendNamespace(
    _ namespace: Namespace, to result: inout Text
  ) throws(TemplateError) {
    let names = namespace.names.map { Value.string(Text($0.bytes)) }
    result.append("<Namespace ")
    try appendEntries(
      of: ValueDictionary(Array(zip(names, namespace.values))), to: &result)
    result.append(">")
  }
}

extension IntegerRange: CustomStringConvertible {
  var description: String {
    step == 1 ? "range(\(start), \(end))" : "range(\(start), \(end), \(step))"
  }
}

extension Callable: CustomStringConvertible {
  var description: String {
    switch kind {
    case .macro(let macro, _): "<Macro '\(macro.name)'>"
    case .function(let builtin): "<function \(builtin.name)>"
    case .method(let builtin, let subject):
      "<built-in method \(builtin.name) of \(subject.typeName) object>"
    case .unsupported(let name): "<\(name)>"
    }
  }
}

// MARK: - Strings

extension Text {
  /// The text with all but ASCII escaped, as Python's `ascii`.
  var withoutNonASCII: Text {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return self }
    var escaped: [UInt8] = []
    CodePoints.forEach(in: bytes, ByteRange(0, count)) { scalar, _ in
      if scalar.isASCII {
        escaped.append(UInt8(ascii: scalar))
      } else {
        Self.appendEscape(of: scalar, to: &escaped)
      }
    }
    return deriving(escaped)
  }

  /// Appends `text` in quotes, with what Python's `repr` escapes.
  fileprivate mutating func appendRepresentation(of text: Text) {
    let hasApostrophe = text.bytes.contains(UInt8(ascii: "'"))
    let hasQuote = text.bytes.contains(UInt8(ascii: "\""))
    let quote = hasApostrophe && !hasQuote ? UInt8(ascii: "\"") : UInt8(ascii: "'")
    append(quote)
    for segment in text.segments {
      var escaped: [UInt8] = []
      CodePoints.forEach(in: text.bytes, segment) { scalar, _ in
        Self.appendRepresentation(of: scalar, quote: quote, to: &escaped)
      }
      append(escaped, from: text.slice(segment))
    }
    append(quote)
  }

  private static func appendRepresentation(
    of scalar: Unicode.Scalar, quote: UInt8, to bytes: inout [UInt8]
  ) {
    switch scalar {
    case "\n": bytes += "\\n".utf8
    case "\r": bytes += "\\r".utf8
    case "\t": bytes += "\\t".utf8
    case "\\", Unicode.Scalar(quote): bytes += "\\\(Character(scalar))".utf8
    case _ where CodePoints.isPrintable(scalar): CodePoints.append(scalar, to: &bytes)
    default: appendEscape(of: scalar, to: &bytes)
    }
  }

  private static func appendEscape(of scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    let digits = String(scalar.value, radix: 16)
    let (letter, width) =
      scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    bytes += "\\\(letter)\(zeros)\(digits)".utf8
  }
}
