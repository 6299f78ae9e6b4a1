internal import Bytes
internal import OrderedJSON

/// What came of rendering a pair.
enum RenderingOutcome {
  case text([UInt8])
  case failure(TemplateError)
  /// The request is not one, which the reference would have said too.
  case invalidRequest(TemplateRequestError)
}

/// What the reference implementation makes of a pair.
enum ExpectedRendering {
  case text(ByteString)
  /// The template itself refuses the request, with this message.
  case raise(ByteString)
  /// Any error.
  case error

  /// Reads a line of `expected.jsonl`, or a test of `micro.json`; nil if it is none.
  init?(_ json: JSONNode) {
    switch json["ok"]?.bool {
    case true?:
      guard let text = json["text"]?.string else { return nil }
      self = .text(text)
    case false?:
      let isRaised =
        json["kind"]?.string == "template_raise" || json["type"]?.string == "TemplateError"
      self = isRaised ? .raise(json["message"]?.string ?? "") : .error
    case nil: return nil
    }
  }

  /// How `outcome` differs; nil if it is as expected.
  func difference(from outcome: RenderingOutcome) -> String? {
    switch (self, outcome) {
    case (.text(let expected), .text(let text)):
      return expected.bytes == text ? nil : Self.difference(expected.bytes, text)
    case (.text, _): return "expected a text, got the error \(Self.shown(outcome))"
    case (.raise(let message), .failure(let error)) where error.kind == .raised:
      return ByteString(error.message) == message
        ? nil
        : "expected the message \(Self.quoted(message.bytes[...])), got \(Self.shown(outcome))"
    case (.raise(let message), _):
      return "expected the template to raise \(Self.quoted(message.bytes[...])), "
        + "got \(Self.shown(outcome))"
    case (.error, .text): return "expected an error, got \(Self.shown(outcome))"
    case (.error, _): return nil
    }
  }

  // MARK: Showing

  /// How many bytes of a text are shown, before the first that differs and from there on.
  private static let context = (before: 24, behind: 40)

  private static func difference(_ expected: [UInt8], _ text: [UInt8]) -> String {
    let place = zip(expected, text).enumerated().first { $1.0 != $1.1 }?.offset
    let offset = place ?? min(expected.count, text.count)
    return
      "byte \(offset): expected \(excerpt(expected, at: offset)), got \(excerpt(text, at: offset))"
  }

  /// The surroundings of a byte, in quotes.
  private static func excerpt(_ text: [UInt8], at offset: Int) -> String {
    func isInside(_ place: Int) -> Bool {
      place > 0 && place < text.count && text[place] & 0xC0 == 0x80
    }
    var start = max(0, offset - context.before)
    while isInside(start) { start -= 1 }
    var end = min(text.count, offset + context.behind)
    while isInside(end) { end += 1 }
    return (start > 0 ? "…" : "") + quoted(text[start..<end]) + (end < text.count ? "…" : "")
  }

  private static func shown(_ outcome: RenderingOutcome) -> String {
    switch outcome {
    case .text(let text): excerpt(text, at: 0)
    case .failure(let error): oneLine(error.description)
    case .invalidRequest(let error): oneLine(error.description)
    }
  }

  private static func quoted(_ text: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    JSONWriter.appendQuoted(Array(text), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }
}
