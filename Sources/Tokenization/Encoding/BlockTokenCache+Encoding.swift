public import Bytes

extension BlockTokenCache {
  /// Returns the tokens of `text` and where each ends, taking those of its blocks from the cache:
  /// exactly what encoding it whole gives.
  ///
  /// A block whose beginning or end is not a stable boundary in this text is encoded with what stands
  /// beside it.
  ///
  /// - Parameters:
  ///   - text: UTF-8; its added tokens are recognised.
  ///   - blocks: where the blocks stand, in order, without overlaps; others are left alone.
  ///   - encoder: what encodes the rest.
  ///   - known: returns the tokens of a block as a text of its own, by its place in `blocks` and its bytes, where
  ///     the caller has them; nil has them looked up.
  /// - Throws: `TokenizerError` if the text is not UTF-8.
  /// - Complexity: linear in the text; at the speed of hashing and comparing for blocks that are looked up.
  public func tokens(
    of text: [UInt8], blocks: [ByteRange], using encoder: TextEncoder,
    known: (Int, ArraySlice<UInt8>) throws(TokenizerError) -> EncodedText? = { _, _ in nil }
  ) throws(TokenizerError) -> EncodedText {
    var tokens = EncodedText(ids: [], ends: [])
    var start = 0
    var stable = 0
    for (place, block) in blocks.enumerated()
    where start <= block.start && block.start < block.end && block.end <= text.count {
      // Where one block ends the next one often begins.
      if block.start != stable {
        guard try isStable(text, at: block.start, encoder) else { continue }
      }
      guard try isStable(text, at: block.end, encoder) else { continue }
      stable = block.end
      try append(text, from: start, to: block.start, to: &tokens) { part throws(TokenizerError) in
        try encoder.encode(Array(part), recordingEnds: true)
      }
      try append(text, from: block.start, to: block.end, to: &tokens) {
        part throws(TokenizerError) in
        if let tokens = try known(place, part) { return tokens }
        return try self.tokens(of: Array(part), using: encoder)
      }
      start = block.end
    }
    try append(text, from: start, to: text.count, to: &tokens) { part throws(TokenizerError) in
      try encoder.encode(Array(part), recordingEnds: true)
    }
    return tokens
  }

  private func append(
    _ text: [UInt8], from start: Int, to end: Int, to tokens: inout EncodedText,
    _ encode: (ArraySlice<UInt8>) throws(TokenizerError) -> EncodedText
  ) throws(TokenizerError) {
    guard start < end else { return }
    do {
      tokens.replace(
        from: tokens.ids.count, with: try encode(text[start..<end]), endingFrom: start)
    } catch {
      throw error.shifted(by: start)
    }
  }

  /// Whether the boundary at `offset` is stable before the character that stands there.
  private func isStable(
    _ text: [UInt8], at offset: Int, _ encoder: TextEncoder
  ) throws(TokenizerError) -> Bool {
    guard offset > 0, offset < text.count else { return true }
    let next = String(decoding: text[offset..<min(offset + 4, text.count)], as: UTF8.self)
      .unicodeScalars.first
    let continuation = next.map(Continuation.character) ?? .anything
    return try encoder.stableEnd(in: text, at: offset, before: continuation) == offset
  }
}
