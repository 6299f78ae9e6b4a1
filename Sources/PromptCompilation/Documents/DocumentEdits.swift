internal import Bytes
internal import OrderedJSON

/// The order of a group's documents, and what is believed to be cached of them.
struct DocumentOrder {
  /// The places that the documents had, in the order in which they stand.
  var order: [Int]
  var isRemembered: Bool
  var cachedDocuments: Int
  var cachedTokens: Int
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

  /// Adds the order of a group of documents in a text.
  ///
  /// - Parameter line: what is put behind the documents.
  mutating func add(
    _ group: DocumentGroup, _ choice: DocumentOrder, in text: BodyText, _ line: [UInt8]?,
    _ spelling: JSONStringSpelling
  ) {
    let bounds =
      group.documents.flatMap { [$0.start, $0.end] } + (line == nil ? [] : [group.lineOffset ?? 0])
    let offsets = text.literal.offsets(ofBytes: bounds, in: source)
    let documents = group.documents.indices.map {
      ByteRange(offsets[2 * $0], offsets[2 * $0 + 1])
    }
    var edit = Edit(
      documents: documents,
      outcome: RewrittenDocuments(
        path: text.path, form: group.form, order: choice.order, ranges: documents,
        isRemembered: choice.isRemembered, cachedDocuments: choice.cachedDocuments,
        cachedTokens: choice.cachedTokens))
    if let line, let offset = offsets.last {
      var literal: [UInt8] = []
      spelling.append(line, to: &literal)
      edit.line = (offset, Array(literal.dropFirst().dropLast()))
    }
    edits.append(edit)
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
