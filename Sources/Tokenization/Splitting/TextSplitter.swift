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

  @inline(__always)
  private func find<Rule: SplitRule>(
    _ rule: Rule.Type, _ start: Int, _ ends: UnsafeMutableBufferPointer<Int>
  ) -> Int {
    var count = 0
    var end = start
    while end < text.count, count < ends.count {
      end = Rule.endOfPiece(in: text, from: end)
      ends[count] = end
      count &+= 1
    }
    return count
  }
}
