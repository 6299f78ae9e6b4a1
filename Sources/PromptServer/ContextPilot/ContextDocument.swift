internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// A document of a context as ContextPilot's clients give it: its whole text, or an integer id.
struct ContextDocument: Sendable {
  let value: JSONValue
  let fingerprint: BlockFingerprint

  /// Reads a document; nil if it is neither a string nor an integer.
  init?(_ node: JSONNode) {
    switch node.value {
    case .string(let text):
      fingerprint = BlockFingerprint(of: [0] + text.bytes)
    case .number(let number) where number.integer != nil:
      fingerprint = BlockFingerprint(of: [1] + number.spelling.bytes)
    default: return nil
    }
    value = node.value
  }

  /// Whether it is a text.
  var isText: Bool {
    if case .string = value { true } else { false }
  }

  /// About how many tokens it has; nil for an id.
  var estimatedTokens: Int? {
    guard case .string(let text) = value else { return nil }
    return max(text.bytes.count / 4, 1)
  }

  /// What a reference calls it: the id, or the first words of the text.
  var name: [UInt8] {
    switch value {
    case .number(let number): return number.spelling.bytes
    case .string(let text):
      let line = text.string.split(whereSeparator: \.isNewline).first ?? ""
      let words = line.prefix(Self.nameLength)
      return Array("\"\(words)\(words.count < line.count ? "…" : "")\"".utf8)
    default: return []
    }
  }

  private static let nameLength = 60
}

/// The documents of one request, most important first.
struct DocumentContext: Sendable {
  var documents: [ContextDocument]
  /// The tokens that an id stands for where the request tells those of the context.
  var tokensPerID: Int

  /// The documents as an index sees them.
  func request(_ key: IndexKey, behind head: IndexedBlock) -> ContextRequest {
    ContextRequest(key: key, head: head, blocks: documents.map(block))
  }

  func block(_ document: ContextDocument) -> IndexedBlock {
    let tokens = document.estimatedTokens ?? tokensPerID
    return IndexedBlock(document.fingerprint, tokens: UInt32(clamping: tokens))
  }

  /// The documents at `order`, places in the context.
  func arranged(_ order: [Int]) -> [ContextDocument] {
    order.map { documents[$0] }
  }
}
