internal import Bytes
internal import Tokenization

/// Of which parts of the spec the tokens of a prompt are.
struct PromptParts {
  /// The tokens of each block and reference, by label.
  private(set) var blocks: [ByteString: Int] = [:]
  /// The tokens of each part but blocks, in the order in which they first stand in the prompt.
  private(set) var others: [(name: String, tokens: Int)] = []

  /// No parts.
  init() {}

  /// The parts of a prompt that was rendered.
  init(_ prompt: PromptRepresentation, _ encoded: EncodedText) {
    var end = 0
    for anchor in prompt.anchors {
      let start = encoded.tokenCount(before: anchor.bytes.start)
      let next = encoded.tokenCount(before: anchor.bytes.end)
      add(start - end, to: "template")
      end = next
      switch anchor.kind {
      case .block, .reference: blocks[anchor.label ?? ""] = next - start
      case .turn, .earlierBlock: add(next - start, to: "conversation")
      case .system, .tools, .annotation, .query, .opening, .closing:
        add(next - start, to: anchor.kind.rawValue)
      }
    }
    add(encoded.ids.count - end, to: "template")
  }

  private mutating func add(_ tokens: Int, to name: String) {
    guard tokens > 0 else { return }
    if let place = others.firstIndex(where: { $0.name == name }) {
      others[place].tokens += tokens
    } else {
      others.append((name, tokens))
    }
  }
}
