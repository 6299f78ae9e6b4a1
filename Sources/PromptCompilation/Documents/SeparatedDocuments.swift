internal import Bytes

/// Documents between lines that are a separator.
///
/// In a tool result what stands before the first such line and behind the last is a document too; in other
/// texts it may be an instruction or a question, and stays.
struct SeparatedDocuments {
  let separator: ByteString

  /// The documents of a text; nil if there are fewer than two.
  func group(in text: [UInt8], isResult: Bool) -> DocumentGroup? {
    guard !separator.isEmpty else { return nil }
    let lines = DocumentText.linesOutsideFences(of: text).filter { line in
      let content = DocumentText.trimmingEnd(line, of: text)
      return text[content.start..<content.end].elementsEqual(separator.bytes)
    }
    guard let first = lines.first, let last = lines.last else { return nil }
    var parts = zip(lines, lines.dropFirst()).map { ByteRange($0.end, $1.start) }
    if isResult {
      parts.insert(ByteRange(0, first.start), at: 0)
      parts.append(ByteRange(last.end, text.count))
    }
    let documents = parts.map { DocumentText.trimming($0, of: text) }.filter { !$0.isEmpty }
    guard documents.count >= 2 else { return nil }
    return DocumentGroup(
      form: .separator, documents: documents, lineOffset: documents.last?.end)
  }
}
