internal import Bytes

extension FittingSearch {
  /// Shows as much of the beginning of a unit's block as fits, if one is to be truncated; returns whether
  /// it is shown.
  mutating func truncate(_ unit: Int) throws(CompilationError) -> Bool {
    guard truncations > 0, let place = units[unit].shown else { return false }
    truncations -= 1
    let whole = blocks[place]
    var room = limit - outcome.tokens
    for other in units[unit].places where other != place {
      room -= try trial.context.tokenCount(of: blocks[other])
    }
    guard room >= BlockTruncation.leastTokens else { return false }
    let truncation = try BlockTruncation(whole, trial.context)
    // The annotation may take tokens too.
    for _ in 0..<Self.truncationTrials where fit.trialCount < Self.trialLimit {
      guard let cut = try truncation.block(within: room) else { break }
      blocks[place] = cut.block
      let result = try run(keptBlocks(with: [unit]))
      if result.tokens <= limit {
        keep(unit, result)
        truncations = 0
        fit.truncated = [
          TruncatedBlock(
            label: whole.label, index: whole.index, importanceRank: whole.importanceRank,
            tokens: truncation.tokens, tokensLeftOut: cut.tokensLeftOut)
        ]
        return true
      }
      room -= result.tokens - limit
    }
    blocks[place] = whole
    return false
  }

  /// How often a block is cut shorter until it fits.
  private static let truncationTrials = 4
}

/// Cuts the text of a block, and ends what is left with a line that says how much was left out:
/// ```
/// [312 of 940 tokens left out]
/// ```
struct BlockTruncation {
  /// The tokens of the whole text as a text of its own.
  let tokens: Int
  private let whole: ContextBlock
  private let context: PassContext
  private let cut: TextCut
  /// About how many tokens stand before each place.
  private let tokensBefore: [Int]

  /// The fewest tokens of a text that are shown of it.
  static let leastTokens = 16

  /// Finds where the text of a block can be cut.
  init(_ block: ContextBlock, _ context: PassContext) throws(CompilationError) {
    whole = block
    self.context = context
    let cut = TextCut(block.text.bytes)
    self.cut = cut
    do {
      let encoded = try context.model.tokenizer.makeEncoder().encode(
        block.text.bytes, recordingEnds: true)
      tokens = encoded.ids.count
      tokensBefore = cut.places.map { encoded.tokenCount(before: $0.offset) }
    } catch {
      throw CompilationError(file: "block \(block.label)", message: error.description)
    }
  }

  /// Returns the block with as much of its text as its frame can hold in so many tokens, and how many
  /// tokens of it are left out; nil if next to nothing would be left.
  func block(
    within room: Int
  ) throws(CompilationError) -> (block: ContextBlock, tokensLeftOut: Int)? {
    var aim = room - (try cut(at: 0).frameTokens)
    for _ in 0..<8 {
      let count = tokensBefore.partitioningIndex { $0 > aim }
      guard count > 0, aim >= Self.leastTokens else { return nil }
      for place in [cut.readable(upTo: count - 1), count - 1] {
        let offset = cut.places[place].offset
        let result = try self.cut(at: offset)
        if result.frameTokens <= room {
          return result.kept < Self.leastTokens ? nil : (result.block, tokens - result.kept)
        }
        aim = min(aim, tokensBefore[count - 1] - max(result.frameTokens - room, 1))
      }
    }
    return nil
  }

  private func cut(
    at offset: Int
  ) throws(CompilationError) -> (block: ContextBlock, frameTokens: Int, kept: Int) {
    var block = whole
    let text = Array(whole.text.bytes[..<offset])
    do {
      let tokenizer = context.model.tokenizer
      let kept = try tokenizer.count(text)
      let mark = "\n[\(tokens - kept) of \(tokens) tokens left out]"
      block.text = ByteString(text + Array(mark.utf8))
      return (block, try tokenizer.count(block.frame.bytes), kept)
    } catch {
      throw CompilationError(file: "block \(block.label)", message: error.description)
    }
  }
}

extension Array {
  /// The first index at which a property holds that holds from there to the end.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
