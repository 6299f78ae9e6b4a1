internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// The order of a group's documents, and what is believed to be cached of them.
struct DocumentOrder {
  var group: DocumentGroup
  /// What the index was asked.
  let request: ContextRequest
  /// The places that the documents had, in the order in which they stand.
  var order: [Int]
  var isRemembered: Bool
  var cachedDocuments: Int
  var cachedTokens: Int
  /// What is put behind the documents.
  var line: [UInt8]?
}

/// The changes of documents' places in a request body.
struct DocumentEdits {
  private struct Edit {
    /// The documents as they are spelled in the body.
    var documents: [ByteRange]
    /// The line about them as it is spelled, and where it is put.
    var line: (offset: Int, bytes: [UInt8])?
    var outcome: RewrittenDocuments
  }

  let source: [UInt8]
  private var edits: [Edit] = []

  init(source: [UInt8]) {
    self.source = source
  }

  /// Adds the orders of the groups of documents in a text.
  mutating func add(
    _ choices: [DocumentOrder], in text: BodyText, _ spelling: JSONStringSpelling
  ) {
    let bounds = choices.flatMap { choice in
      choice.group.documents.flatMap { [$0.start, $0.end] }
        + (choice.line == nil ? [] : [choice.group.lineOffset ?? 0])
    }
    var offsets = text.literal.offsets(ofBytes: bounds, in: source)[...]
    for choice in choices {
      let documents = choice.order.map { _ in
        ByteRange(offsets.removeFirst(), offsets.removeFirst())
      }
      var edit = Edit(
        documents: documents,
        outcome: RewrittenDocuments(
          path: text.path, form: choice.group.form, order: choice.order, ranges: documents,
          isRemembered: choice.isRemembered, cachedDocuments: choice.cachedDocuments,
          cachedTokens: choice.cachedTokens, request: choice.request))
      if let line = choice.line {
        var literal: [UInt8] = []
        spelling.append(line, to: &literal)
        edit.line = (offsets.removeFirst(), Array(literal.dropFirst().dropLast()))
      }
      edits.append(edit)
    }
  }

  /// Returns the body with all changes.
  func applied() -> RewrittenBody {
    var body = RewrittenBody(bytes: [], groups: [])
    body.bytes.reserveCapacity(source.count)
    var offset = 0
    func append(_ range: ByteRange) -> ByteRange {
      body.bytes += source[range.start..<range.end]
      return ByteRange(body.bytes.count - range.count, body.bytes.count)
    }
    for edit in edits.sorted(by: { $0.documents[0].start < $1.documents[0].start }) {
      var outcome = edit.outcome
      outcome.ranges = zip(edit.documents, outcome.order).map { place, document in
        _ = append(ByteRange(offset, place.start))
        offset = place.end
        return append(edit.documents[document])
      }
      if let line = edit.line {
        _ = append(ByteRange(offset, line.offset))
        offset = line.offset
        body.bytes += line.bytes
        outcome.line = ByteRange(body.bytes.count - line.bytes.count, body.bytes.count)
      }
      body.groups.append(outcome)
    }
    body.bytes += source[offset...]
    return body
  }
}
