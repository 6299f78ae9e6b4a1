import Bytes
import OrderedJSON
import PromptCompilation

/// Orders, folds and marks bodies one after another and makes what is written of each.
struct DedupRun {
  /// Puts documents in order; nil leaves them where they are.
  var documents: DedupDocuments?
  /// Puts in cache marks; nil puts in none.
  let marker: CacheMarker?
  /// Whose requests the bodies are.
  let tenant: ByteString
  /// Folds the bodies; nil leaves what they repeat.
  var folder: BodyFolder?
  let format: DedupFormat
  /// Whether the bodies are lines of a file.
  let isLines: Bool
  /// Renders the bodies; nil if they are written as bodies.
  var compiler: PromptCompiler?
  /// What is said of each body.
  var report: DedupReport?

  /// Returns what is written of a body, with the line's end.
  mutating func output(_ source: SourceText) throws -> [UInt8] {
    let lineEnd = isLines ? [UInt8(ascii: "\n")] : []
    // A line of white space alone is no body.
    guard !isLines || source.bytes.contains(where: { $0 > 0x20 }) else {
      return format == .body ? source.bytes + lineEnd : []
    }
    func text(_ bytes: [UInt8]?) -> SourceText {
      bytes.map { SourceText(name: source.name, bytes: $0, firstLine: source.firstLine) } ?? source
    }
    let rewritten = try documents?.rewrite(source)
    let ordered = text(rewritten?.bytes)
    let folded = try folder?.fold(ordered)
    let shown = text(folded?.bytes ?? rewritten?.bytes)
    let marked = try marker?.mark(shown, tenant: tenant)
    try report?.add(folded, rewritten, marked, of: source)
    guard let compiler else { return (marked?.bytes ?? shown.bytes) + lineEnd }
    let original = try plainPrompt(source, compiler)
    var prompt = original.prompt
    // Marks are not seen by the model.
    if shown.bytes != source.bytes { prompt = try plainPrompt(shown, compiler).prompt }
    if format == .text, !isLines { return prompt.text }
    return format.line(
      prompt, number: source.firstLine - 1, id: original.id,
      plainTokenCount: original.prompt.tokens.count)
  }

  private func plainPrompt(
    _ source: SourceText, _ compiler: PromptCompiler
  ) throws(CompilationError) -> (prompt: PlainPrompt, id: ByteString?) {
    do {
      var body = try BatchJSON.parse(source)
      let ownID = try BatchJSON.removeID(from: &body, source)
      var node = OpenAIRequestLine.spec(ChatBody.node(body))
      let id = try BatchJSON.removeID(from: &node, source) ?? ownID
      return (try compiler.plainPrompt(try Spec(json: node, source: source)), id)
    } catch {
      throw BatchRequest.located(error, file: source.name, line: source.firstLine)
    }
  }
}
