internal import Bytes
internal import Tokenization

/// Shows a content once: of the blocks with one normalised text the one that the policy's order puts
/// first is shown, and the others become one-line references to it, where that takes fewer tokens.
/// References stand behind all blocks that are shown. What stands in the conversation already is not
/// shown again, and what was sent before has the label that it had then (`EarlierContent`).
struct UnifyPass: Pass {
  let name = PassName.unify

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard prompt.spec.policy.deduplication.unifiesBlocks else { return prompt }
    var prompt = prompt
    let key = BlockKey(prompt.spec.policy.order)
    let sorted = prompt.blocks.sorted(by: key.precedes)
    var kept: [ContextBlock] = []
    var references: [ContextBlock] = []
    var places: [BlockText: Int] = [:]
    for block in Self.withoutRepeats(sorted, &prompt.notes) {
      let text = BlockText(of: block)
      guard let place = places[text] else {
        places[text] = kept.count
        kept.append(block)
        continue
      }
      let reference = Self.reference(block, to: kept[place])
      let saved = try context.tokenCount(of: block) - context.tokenCount(of: reference)
      guard saved > 0 else {
        kept.append(block)
        continue
      }
      kept[place].takeOver(block)
      references.append(reference)
      prompt.notes.append(
        "block \(block.label): same content as \(kept[place].label), "
          + "a reference saves \(saved) tokens")
    }
    var earlier = EarlierContent(prompt, in: context)
    try earlier.apply(to: &kept, &references)
    prompt.notes += earlier.notes
    prompt.blocks = kept.sorted { $0.index < $1.index } + references
    return prompt
  }

  /// Merges the blocks that have one label, which is one block listed again.
  private static func withoutRepeats(
    _ blocks: [ContextBlock], _ notes: inout [String]
  ) -> [ContextBlock] {
    var kept: [ContextBlock] = []
    var places: [ByteString: Int] = [:]
    for block in blocks {
      guard let place = places[block.label] else {
        places[block.label] = kept.count
        kept.append(block)
        continue
      }
      kept[place].takeOver(block)
      kept[place].repeats.append(block.index)
      notes.append("block \(block.label): listed again, shown once")
    }
    return kept
  }

  private static func reference(_ block: ContextBlock, to shown: ContextBlock) -> ContextBlock {
    var reference = block
    reference.referent = shown.label
    if reference.title == shown.title { reference.title = nil }
    return reference
  }
}

/// The text of a block as a key.
private struct BlockText: Hashable {
  private let text: ByteString
  private let hash: Int

  init(of block: ContextBlock) {
    text = block.text
    hash = block.textHash
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(hash)
  }
}

/// By what a policy orders blocks.
struct BlockKey {
  private let order: Policy.Order

  init(_ order: Policy.Order) {
    self.order = order
  }

  /// Whether `left` stands before `right`.
  func precedes(_ left: ContextBlock, _ right: ContextBlock) -> Bool {
    switch order {
    case .given, .cached: left.index < right.index
    case .importance:
      (left.importanceRank, left.index) < (right.importanceRank, right.index)
    case .canonical: (left.label, left.index) < (right.label, right.index)
    }
  }
}

extension ContextBlock {
  /// Takes over what another occurrence of the same content is worth: the better importance and the
  /// stricter pin.
  fileprivate mutating func takeOver(_ other: ContextBlock) {
    if other.importanceRank < importanceRank {
      importanceRank = other.importanceRank
      importance = other.importance
    }
    let pins: [Block.Pin?] = [.first, .last, .keep]
    pin = pins.first { $0 == pin || $0 == other.pin } ?? nil
  }
}
