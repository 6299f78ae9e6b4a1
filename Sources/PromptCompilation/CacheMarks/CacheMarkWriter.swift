internal import Bytes
internal import OrderedJSON

/// Puts marks into the bytes of a request body.
struct CacheMarkWriter {
  private let source: [UInt8]
  private let marks: CacheService.Marks
  private var insertions: [(offset: Int, bytes: [UInt8])] = []

  init(source: [UInt8], marks: CacheService.Marks) {
    self.source = source
    self.marks = marks
  }

  /// Marks a block; a string becomes a part.
  mutating func mark(_ block: CacheBlock, _ lifetime: ByteString?) {
    var mark = ByteString(",\"\(marks.rawValue)\":").bytes
    switch marks {
    case .cacheControl:
      var members = [JSONMember("type", JSONNode(.string("ephemeral")))]
      if let lifetime { members.append(JSONMember("ttl", JSONNode(.string(lifetime)))) }
      mark += JSONWriter.write(.object(members))
    case .promptCacheBreakpoint:
      mark += JSONWriter.write(.object(["mode": .string("explicit")]))
    }
    guard let range = block.node.range(in: source) else { return }
    if let wrapping = block.wrapping {
      insertions.append((range.start, wrapping.bytes))
      insertions.append((range.end, mark + block.closing.bytes))
    } else {
      insertions.append((endOfMembers(range), mark))
    }
  }

  /// Adds what a request of OpenAI's says of its cache, where the caller says nothing.
  ///
  /// - Parameter isExplicit: whether only marked places are to be written to the cache.
  mutating func addMembers(to body: JSONNode, key: ByteString?, isExplicit: Bool) {
    guard let range = body.range(in: source) else { return }
    var added: [UInt8] = []
    if let key {
      added += Array(",\"prompt_cache_key\":".utf8) + JSONWriter.write(.string(key))
    }
    if isExplicit, body["prompt_cache_options"] == nil {
      added += Array(#","prompt_cache_options":{"mode":"explicit"}"#.utf8)
    }
    if !added.isEmpty { insertions.append((endOfMembers(range), added)) }
  }

  /// Where a further member of an object that has some is put: behind the last one.
  private func endOfMembers(_ range: ByteRange) -> Int {
    DocumentText.trimmingEnd(ByteRange(range.start, range.end - 1), of: source).end
  }

  /// Returns the body with all that was put in.
  func body(
    _ marks: [CacheMark], ownMarkCount: Int, key: ByteString?, tokens: Int
  ) -> MarkedBody {
    var body = MarkedBody(
      bytes: [], marks: marks, ownMarkCount: ownMarkCount, cacheKey: key, tokens: tokens,
      insertions: [])
    var offset = 0
    for insertion in insertions.sorted(by: { $0.offset < $1.offset }) {
      body.bytes += source[offset..<insertion.offset]
      offset = insertion.offset
      let start = body.bytes.count
      body.bytes += insertion.bytes
      body.insertions.append(ByteRange(start, body.bytes.count))
    }
    body.bytes += source[offset...]
    return body
  }
}
