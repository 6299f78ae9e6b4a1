internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// What stands before a text of a request body: tools, system text, earlier messages, and in which order
/// their documents were sent.
struct TextBeginning {
  private let outline: BodyOutline
  /// The item that is reached.
  private var item = -1
  /// All before the item.
  private var before: Digest
  /// The item's texts before the next one.
  private var texts = Digest.zero
  /// The orders of documents so far.
  private var orders = Digest.zero
  /// The next text up to the group that was reached last, and where that begins.
  private var opening = (digest: Digest.zero, end: 0)
  /// The bytes so far.
  private var length: Int

  init(_ outline: BodyOutline) {
    self.outline = outline
    let tools = BodyOutline.canonical(outline.body["tools"])
    before = Digest(of: tools)
    length = tools.count
  }

  /// Goes on to an item; what stands before it is taken in.
  mutating func reach(_ next: Int) {
    while item < next {
      let node = item < 0 ? outline.system : outline.items[item]
      let bytes = BodyOutline.canonical(node)
      before = Digest(of: before.bytes + bytes)
      length += bytes.count
      texts = .zero
      item += 1
    }
  }

  /// Takes in a text of the item.
  mutating func append(_ text: [UInt8]) {
    texts = Digest(of: texts.bytes + text)
    opening = (.zero, 0)
  }

  /// Notes the order of a group of documents.
  mutating func note(_ order: [Int]) {
    orders = Digest(of: orders.bytes + order.flatMap { Self.bytes(of: $0) })
  }

  /// What tells a text, at its place in its conversation, from others. Orders do not matter.
  func identity(of text: [UInt8]) -> Digest {
    Digest(of: before.bytes + texts.bytes + text)
  }

  /// All that stands before a group of documents, and what stands between them, as one block.
  ///
  /// - Parameter text: the next text; its groups are reached one after another.
  mutating func head(of group: DocumentGroup, in text: [UInt8]) -> IndexedBlock {
    let start = group.documents.first?.start ?? 0
    let gaps = zip(group.documents, group.documents.dropFirst()).map {
      Array(text[$0.end..<$1.start])
    }
    // Groups of any number of documents are alike if the same stands between all.
    let isUniform = gaps.allSatisfy { $0 == gaps.first }
    let between = (isUniform ? Array(gaps.prefix(1)) : gaps).flatMap(Self.framed)
    opening = (
      Digest(of: opening.digest.bytes + text[opening.end..<max(start, opening.end)]), start
    )
    let fingerprint = BlockFingerprint(
      of: before.bytes + orders.bytes + texts.bytes + opening.digest.bytes + between)
    let bytes = Double(length + start)
    return IndexedBlock(
      fingerprint, tokens: UInt32(clamping: Int(bytes / TokenEstimate.bytesPerToken)))
  }

  private static func framed(_ bytes: [UInt8]) -> [UInt8] { Self.bytes(of: bytes.count) + bytes }

  private static func bytes(of number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) }
  }
}
