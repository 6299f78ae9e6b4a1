internal import Bytes

/// Splits a text with the rule of a known family.
struct TextSplitter {
  private let text: ScannedText
  private let family: SplitFamily

  init(_ text: ScannedText, _ family: SplitFamily) {
    self.text = text
    self.family = family
  }

  /// Finds the ends of the next pieces, as many as `ends` has room for or the text has.
  ///
  /// - Parameters:
  ///   - start: where a piece begins, which is not the end of the text.
  ///   - ends: where they are written to; not empty.
  /// - Returns: the number of pieces found, at least one.
  func findEnds(from start: Int, into ends: inout [Int]) -> Int {
    ends.withUnsafeMutableBufferPointer { ends in
      switch family {
      case .qwen: find(WordSplit<QwenOptions>.self, start, ends)
      case .qwenWithMarks: find(WordSplit<QwenWithMarksOptions>.self, start, ends)
      case .cl100k: find(WordSplit<CL100KOptions>.self, start, ends)
      case .o200k: find(CaseSplit<O200KOptions>.self, start, ends)
      case .tekken: find(CaseSplit<TekkenOptions>.self, start, ends)
      case .deepseek: find(DeepSeekSplit.self, start, ends)
      case .gpt2: find(GPT2Split.self, start, ends)
      }
    }
  }

  /// Fills an empty batch with the next pieces.
  ///
  /// - Parameter start: where a piece begins, which is not the end of the text.
  /// - Returns: where the last piece ends.
  func fill(_ batch: PieceBatch, from start: Int, _ cache: PieceCache) -> Int {
    switch family {
    case .qwen: batch.fill(text, from: start, WordSplit<QwenOptions>.self, cache)
    case .qwenWithMarks: batch.fill(text, from: start, WordSplit<QwenWithMarksOptions>.self, cache)
    case .cl100k: batch.fill(text, from: start, WordSplit<CL100KOptions>.self, cache)
    case .o200k: batch.fill(text, from: start, CaseSplit<O200KOptions>.self, cache)
    case .tekken: batch.fill(text, from: start, CaseSplit<TekkenOptions>.self, cache)
    case .deepseek: batch.fill(text, from: start, DeepSeekSplit.self, cache)
    case .gpt2: batch.fill(text, from: start, GPT2Split.self, cache)
    }
  }

  @inline(__always)
  private func find<Rule: SplitRule>(
    _ rule: Rule.Type, _ start: Int, _ ends: UnsafeMutableBufferPointer<Int>
  ) -> Int {
    var count = 0
    _ = Rule.forEachPiece(in: text, from: start) { piece in
      ends[count] = piece.end
      count &+= 1
      return count == ends.count
    }
    return count
  }
}
