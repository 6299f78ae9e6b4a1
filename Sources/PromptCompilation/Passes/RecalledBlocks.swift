internal import Bytes
internal import ContextIndex

/// The blocks that earlier turns show, as the state of the conversation knows them.
struct RecalledBlocks {
  /// The title and text that each label stands for; none for one that is the other name of another.
  private var contents: [ByteString: BlockFingerprint] = [:]
  /// The label under which each of them was last shown.
  private var labels: [BlockFingerprint: ByteString] = [:]

  init(_ prompt: PromptRepresentation) {
    guard let turns = prompt.recall?.turns else { return }
    for index in prompt.conversation.indices {
      for part in turns[index]?.parts ?? [] {
        switch part.kind {
        case .block:
          contents[part.label] = part.fingerprint
          labels[part.fingerprint] = part.label
        case .alias: contents[part.label] = nil
        case .repeated, .rest: break
        }
      }
    }
  }

  /// Whether there are none.
  var isEmpty: Bool { labels.isEmpty }

  /// The label under which the conversation shows the title and text of a block; nil if it does not.
  func label(of block: ContextBlock) -> ByteString? {
    guard !isEmpty else { return nil }
    let fingerprint = block.contentFingerprint
    if contents[block.label] == fingerprint { return block.label }
    guard let label = labels[fingerprint], contents[label] == fingerprint else { return nil }
    return label
  }
}
