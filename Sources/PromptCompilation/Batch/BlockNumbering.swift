internal import Bytes
internal import ContextIndex

/// Numbers for the blocks of many requests. Blocks of requests that begin with other texts, or are of another
/// tenant, have other numbers: they share nothing.
struct BlockNumbering {
  /// The tokens of each block, by number.
  private(set) var tokens: [UInt32] = []
  private var numbers: [Place: UInt32] = [:]
  private var beginnings: [Beginning: Int] = [:]

  private struct Beginning: Hashable {
    let key: IndexKey
    let head: BlockFingerprint
  }

  private struct Place: Hashable {
    let beginning: Int
    let block: BlockFingerprint
  }

  /// Numbers the blocks of a prompt that may stand in any order, and tells the index how each content is
  /// called.
  ///
  /// - Returns: the number of what the prompt begins with, and those of the blocks, most important first,
  ///   with their places in the spec's list.
  mutating func numbers(
    of prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> (beginning: Int, blocks: [UInt32], places: [Int]) {
    let shown = prompt.blocks.filter { $0.referent == nil }
    let indexed = IndexedPrompt(prompt, in: context)
    let ranked = OrderPass.free(shown).sorted(by: BlockKey(.importance).precedes)
    let request = indexed.request(ranked)
    let start = Beginning(key: indexed.key, head: request.head.fingerprint)
    let beginning = beginnings[start] ?? beginnings.count
    beginnings[start] = beginning
    var result: [UInt32] = []
    for (block, known) in zip(ranked, request.blocks) {
      let place = Place(beginning: beginning, block: known.fingerprint)
      if let number = numbers[place] {
        result.append(number)
        continue
      }
      let number = UInt32(tokens.count)
      tokens.append(UInt32(try context.tokenCount(of: block)))
      numbers[place] = number
      result.append(number)
    }
    if let index = context.index {
      for block in shown {
        index.record(label: block.label, of: block.contentFingerprint, for: indexed.key)
      }
    }
    return (beginning, result, ranked.map(\.index))
  }
}
