internal import Bytes

extension Tokenizer {
  /// The shortest part of a text that is worth a task of its own, in bytes.
  private static let shortestPart = 1 << 15

  /// Returns the token ids of `text`, which several tasks encode in parts: exactly what `encode`
  /// without `concurrency` returns.
  ///
  /// The text is cut where no piece, added token or composition can reach over the cut whatever stands
  /// around. A text that has no such places, or whose split pattern is not known, is encoded whole.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - concurrency: the most tasks at once, at least 1.
  ///   - shortestPart: the shortest part that gets a task, in bytes; nil takes 32 KiB.
  /// - Throws: `TokenizerError` if the text is not UTF-8, with the offset.
  /// - Complexity: the work of `encode`, and a copy of the text and of the ids.
  public func encode(
    _ text: [UInt8], addedTokens: AddedTokens = .recognized, concurrency: Int,
    shortestPart: Int? = nil
  ) async throws(TokenizerError) -> [UInt32] {
    if let offset = UTF8Validation.firstInvalidOffset(in: text) {
      throw .invalidUTF8(offset: offset)
    }
    let parts = parts(
      of: text, atMost: concurrency, shortest: max(shortestPart ?? Self.shortestPart, 1))
    guard parts.count > 1 else { return try encode(text, addedTokens: addedTokens) }
    let outcomes = await withTaskGroup(
      of: (index: Int, ids: Result<[UInt32], TokenizerError>).self
    ) { group in
      for (index, part) in parts.enumerated() {
        group.addTask {
          (index, encoded(text, part, addedTokens))
        }
      }
      return await group.reduce(
        into: [Result<[UInt32], TokenizerError>?](
          repeating: nil, count: parts.count)
      ) { $0[$1.index] = $1.ids }
    }
    var ids: [UInt32] = []
    for outcome in outcomes {
      if let outcome { ids += try outcome.get() }
    }
    return ids
  }

  private func encoded(
    _ text: [UInt8], _ part: ByteRange, _ addedTokens: AddedTokens
  ) -> Result<[UInt32], TokenizerError> {
    do throws(TokenizerError) {
      return .success(
        try encode(Array(text[part.start..<part.end]), addedTokens: addedTokens))
    } catch {
      return .failure(error)
    }
  }

  /// Divides the text into at most `count` parts of like size that can be encoded by themselves.
  private func parts(of text: [UInt8], atMost count: Int, shortest: Int) -> [ByteRange] {
    let count = min(max(count, 1), text.count / shortest)
    guard count > 1 else { return [ByteRange(0, text.count)] }
    let finder = BoundaryFinder(self)
    var parts: [ByteRange] = []
    var start = 0
    text.withUnsafeBytes { bytes in
      for index in 1..<count {
        let nominal = text.count / count * index
        guard nominal > start, let cut = finder.cut(in: bytes, from: nominal) else { continue }
        parts.append(ByteRange(start, cut))
        start = cut
      }
    }
    return parts + [ByteRange(start, text.count)]
  }
}
