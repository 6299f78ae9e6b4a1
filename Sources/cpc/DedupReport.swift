import Bytes
import Deduplication
import OrderedJSON
import PromptCompilation

/// Writes what was folded, a body a line, while bodies are folded.
struct DedupReport {
  private let file: OutputFile
  private let encoder: TextEncoder
  private var bodyCount = 0
  private var totals = Totals()

  private struct Totals {
    var texts = 0
    var foldedTexts = 0
    var references = 0
    var tokensBefore = 0
    var tokensAfter = 0
  }

  /// Begins a report.
  ///
  /// - Parameter path: the file; nil for standard output.
  init(path: String?, model: ByteString, tokenizer: Tokenizer) throws {
    file = try OutputFile(path: path)
    encoder = try tokenizer.makeEncoder()
    var head = Array("{\"schema_version\":1,\"cpc\":".utf8)
    JSONWriter.appendQuoted(Array(CPCVersion.current.utf8), to: &head)
    head += Array(",\"model\":".utf8)
    JSONWriter.appendQuoted(model.bytes, to: &head)
    try file.write(head + Array(",\"bodies\":[".utf8))
  }

  /// Adds a body, as far as something was asked for.
  mutating func add(
    _ body: FoldedBody?, _ rewritten: RewrittenBody?, _ marked: MarkedBody?,
    of source: SourceText
  ) throws {
    var totals = Totals()
    let texts = try (body?.texts ?? []).map { text in
      let before = try text.tokensBefore ?? encoder.count(text.original)
      let after = text.tokensAfter ?? before
      totals.texts += 1
      totals.foldedTexts += text.references.isEmpty ? 0 : 1
      totals.references += text.references.count
      totals.tokensBefore += before
      totals.tokensAfter += after
      return Self.json(text, before: before, after: after)
    }
    let line = JSONValue.object(
      [
        JSONMember("index", JSONNode(.integer(source.firstLine - 1))),
        JSONMember("texts", JSONNode(.array(of: texts))),
      ] + Self.members(totals) + (rewritten.map { [Self.member($0)] } ?? [])
        + (marked.map(Self.members) ?? []))
    try file.write(Array(bodyCount == 0 ? "\n".utf8 : ",\n".utf8) + JSONWriter.write(line))
    bodyCount += 1
    self.totals.texts += totals.texts
    self.totals.foldedTexts += totals.foldedTexts
    self.totals.references += totals.references
    self.totals.tokensBefore += totals.tokensBefore
    self.totals.tokensAfter += totals.tokensAfter
  }

  /// Ends the report.
  func finish() throws {
    let members = [JSONMember("bodies", JSONNode(.integer(bodyCount)))] + Self.members(totals)
    try file.write(
      Array("\n],\"totals\":".utf8) + JSONWriter.write(.object(members)) + Array("}\n".utf8))
  }

  private static func members(_ totals: Totals) -> [JSONMember] {
    [
      JSONMember("text_count", JSONNode(.integer(totals.texts))),
      JSONMember("folded_text_count", JSONNode(.integer(totals.foldedTexts))),
      JSONMember("reference_count", JSONNode(.integer(totals.references))),
      JSONMember("tokens_before", JSONNode(.integer(totals.tokensBefore))),
      JSONMember("tokens_after", JSONNode(.integer(totals.tokensAfter))),
    ]
  }

  private static func member(_ body: RewrittenBody) -> JSONMember {
    let groups = body.groups.map { group in
      JSONValue.object([
        "path": .string(group.path), "form": .string(ByteString(group.form.rawValue)),
        "order": .array(of: group.order.map { .integer($0) }),
        "remembered": .bool(group.isRemembered),
        "cached_documents": .integer(group.cachedDocuments),
        "cached_tokens": .integer(group.cachedTokens),
      ])
    }
    return JSONMember("documents", JSONNode(.array(of: groups)))
  }

  private static func members(_ body: MarkedBody) -> [JSONMember] {
    let marks = body.marks.map { mark in
      JSONValue.object([
        "boundary": .string(ByteString(mark.boundary.rawValue)), "path": .string(mark.path),
        "ttl": mark.lifetime.map { .string($0) } ?? .null,
        "estimated_tokens": .integer(mark.tokens),
      ])
    }
    return [
      JSONMember("cache_marks", JSONNode(.array(of: marks))),
      JSONMember("own_cache_marks", JSONNode(.integer(body.ownMarkCount))),
      JSONMember("cache_key", JSONNode(body.cacheKey.map { .string($0) } ?? .null)),
      JSONMember("estimated_tokens", JSONNode(.integer(body.tokens))),
    ]
  }

  private static func json(_ text: FoldedBodyText, before: Int, after: Int) -> JSONValue {
    func range(_ range: ByteRange) -> JSONValue {
      .array(of: [.integer(range.start), .integer(range.end)])
    }
    let references = text.references.map { reference in
      JSONValue.object([
        "source": .string(reference.source), "range": range(reference.range),
        "shown": range(reference.shown), "saved_tokens": .integer(reference.savedTokens),
      ])
    }
    return .object(
      [JSONMember("path", JSONNode(.string(text.path)))]
        + (text.field.map { [JSONMember("field", JSONNode(.string($0)))] } ?? [])
        + [
          JSONMember("name", JSONNode(.string(text.name))),
          JSONMember("bytes", JSONNode(.integer(text.original.count))),
          JSONMember("tokens_before", JSONNode(.integer(before))),
          JSONMember("tokens_after", JSONNode(.integer(after))),
          JSONMember("references", JSONNode(.array(of: references))),
        ])
  }
}
