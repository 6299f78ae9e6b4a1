internal import Bytes
public import Deduplication
public import OrderedJSON

/// Puts into a request body again what `BodyFolder` made references of.
///
/// Every byte of the body stays but for the strings with references. Those are spelled as the body spells
/// its strings, so that a body of one writer is given back byte for byte.
public struct BodyExpander: Sendable {
  private let wording: ReferenceWording

  /// Makes an expander for references that read as `wording`.
  public init(wording: ReferenceWording = .standard) {
    self.wording = wording
  }

  /// Whether JSON is a request body, or a line with one, rather than a compiled prompt.
  public static func isBody(_ json: JSONNode) -> Bool {
    guard json["request"] == nil else { return false }
    return [json, json["body"], json["params"]].contains { body in
      body?["messages"] != nil || body?["input"] != nil
    }
  }

  /// Returns the body with all references replaced by what they stand for.
  ///
  /// - Throws: `CompilationError` with the place if it is no request body, or a reference names what is
  ///   not there.
  /// - Complexity: linear in the body and the result.
  public func expand(_ source: SourceText) throws(CompilationError) -> [UInt8] {
    var expansion = BodyExpansion(wording)
    for text in try BodyReader.texts(of: source) {
      do {
        try expansion.append(text, of: source.bytes)
      } catch {
        throw CompilationError([
          source.diagnostic(
            at: text.literal.range.start, "\(text.path): \(error.description)")
        ])
      }
    }
    return expansion.edits.applied(to: source.bytes)
  }
}

/// How far a body is expanded.
private struct BodyExpansion {
  let wording: ReferenceWording
  var expander: ConversationExpander
  var spelling = JSONStringSpelling()
  var edits = ByteEdits()

  init(_ wording: ReferenceWording) {
    self.wording = wording
    expander = ConversationExpander(wording)
  }

  mutating func append(_ text: BodyText, of source: [UInt8]) throws(ExpansionError) {
    guard spelling.learn(from: text.literal, in: source) else { return }
    // What the assistant said may have been referred to, if the folder was asked for it.
    switch text.use(wording, showsAssistant: true) {
    case .ignored: break
    case .shown: expander.show(text.text, of: text.owner)
    case .folded:
      let expanded = try expander.expand(text.text, of: text.owner)
      if expanded != text.text { edits.replace(text.literal, by: expanded, spelling) }
    }
  }
}
