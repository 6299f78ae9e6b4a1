public import Bytes
public import ContextIndex

/// A request body of which documents stand in another order.
public struct RewrittenBody: Sendable {
  /// The body: the bytes that were given, but for the documents' order and the lines about it.
  public var bytes: [UInt8]
  /// The documents that were found, by where they stand in the body.
  public var groups: [RewrittenDocuments]
  /// What was recorded of them in the index, in the same order.
  public var sent: [SentRequest] = []

  /// The body as it was given.
  ///
  /// - Complexity: linear.
  public var original: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var offset = 0
    for group in groups {
      var shown = group.ranges
      for (place, document) in group.order.enumerated() where shown.indices.contains(document) {
        shown[document] = group.ranges[place]
      }
      for (place, range) in group.ranges.enumerated() {
        result += bytes[offset..<range.start]
        result += bytes[shown[place].start..<shown[place].end]
        offset = range.end
      }
      if let line = group.line {
        result += bytes[offset..<line.start]
        offset = line.end
      }
    }
    return result + bytes[offset...]
  }
}

/// Documents of a text in a request body, and their order.
public struct RewrittenDocuments: Sendable {
  /// Where the text's string stands in the body, a JSON pointer (RFC 6901).
  public var path: ByteString
  /// How the documents are told from the text around them.
  public var form: DocumentForm
  /// The places that the documents had, from 0, in the order in which they stand.
  public var order: [Int]
  /// Where they stand in the body, as they are spelled there, in bytes.
  public var ranges: [ByteRange]
  /// Where the line about the order of importance stands in the body, with its line end; nil if there is none.
  public var line: ByteRange?
  /// Whether the order is one that was chosen for the same text behind the same beginning before.
  public var isRemembered: Bool
  /// How many documents, from the first on, are believed to be cached.
  public var cachedDocuments: Int
  /// How many tokens of them the engine can reuse.
  public var cachedTokens: Int
  /// What the index was asked.
  let request: ContextRequest

  /// How many documents stand in another place.
  public var movedCount: Int { order.enumerated().count { $0 != $1 } }
}
