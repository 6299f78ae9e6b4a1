public import Bytes
public import ContextIndex
internal import Deduplication
public import OrderedJSON

/// Puts the documents in the texts of a request body in the order in which most of the prompt is believed to
/// be cached.
///
/// Nothing but the order changes: a document is moved with all its bytes, as they are spelled in the body,
/// and what stands around the documents stays in its place. `RewrittenBody.original` gives the body back.
///
/// ```swift
/// var rewriter = try DocumentRewriter(index: ContextIndex())
/// let rewritten = try rewriter.rewrite(SourceText(name: "body.json", bytes: body), tenant: "a")
/// ```
///
/// Only texts behind the model's last words are arranged anew. Earlier ones get the order that they were sent
/// in, so that a body begins with what the conversation's last one was: as the rewriter remembers, or else
/// the index believes. Earlier texts of which neither knows stay as they are.
public struct DocumentRewriter {
  /// How the tokens of documents are counted.
  public var estimate: TokenEstimate
  private let finder: DocumentFinder
  private let index: ContextIndex
  private let model: ByteString?
  private let cacheModel: CacheModel
  private var memory = DocumentMemory()

  /// Makes a rewriter that remembers nothing yet.
  ///
  /// - Parameters:
  ///   - settings: which documents are looked for.
  ///   - index: what is believed to be cached; what is rewritten is recorded there.
  ///   - model: whose cache it is; what the body calls its model if nil.
  ///   - cacheModel: what the engine can reuse.
  ///   - estimate: how tokens are counted; by the length of texts if nil.
  /// - Throws: `CompilationError` never if an estimate is given.
  public init(
    _ settings: DocumentSettings = DocumentSettings(), index: ContextIndex,
    model: ByteString? = nil, cacheModel: CacheModel = .radix, estimate: TokenEstimate? = nil
  ) throws(CompilationError) {
    finder = DocumentFinder(settings)
    self.index = index
    self.model = model
    self.cacheModel = cacheModel
    if let estimate {
      self.estimate = estimate
    } else {
      self.estimate = try TokenEstimate()
    }
  }

  /// Rewrites a body, and records what is sent.
  ///
  /// - Parameters:
  ///   - source: the JSON, and the name that messages call it by.
  ///   - tenant: whose request it is: nothing of another tenant's matters.
  ///   - time: now, in milliseconds since the same moment as elsewhere.
  ///   - held: says of each group of documents how many ends an engine holds of the prompt: that of what stands
  ///     before the documents, and that of each document; nil if that is not known. What is not held is taken
  ///     out of the index, and an order is looked for once more.
  /// - Throws: `CompilationError` with the place if it is no request body.
  /// - Complexity: linear in the body, and what `ContextIndex.arrange` takes.
  public mutating func rewrite(
    _ source: SourceText, tenant: ByteString = "", at time: UInt64 = 0,
    held: ((RewrittenBody) -> [Int?])? = nil
  ) throws(CompilationError) -> RewrittenBody {
    if let held {
      for _ in 0..<PromptCompiler.correctionLimit {
        let trial = try arranged(source, tenant, at: time, isSent: false)
        guard gaveUp(trial, at: time, held) else { break }
      }
    }
    return try arranged(source, tenant, at: time, isSent: true)
  }

  /// Takes out of the index what it believes of a body's documents and an engine does not hold.
  private func gaveUp(
    _ body: RewrittenBody, at time: UInt64, _ held: (RewrittenBody) -> [Int?]
  ) -> Bool {
    let isBelieved = body.groups.contains { group in
      index.believedBlocks(of: group.request, order: group.order).map { $0 > 0 } ?? false
    }
    guard isBelieved else { return false }
    var isWrong = false
    for (group, held) in zip(body.groups, held(body)) {
      let gaveUp = index.giveUp(group.request, order: group.order, at: time) { held }
      isWrong = isWrong || gaveUp
    }
    return isWrong
  }

  /// Puts the documents in order.
  ///
  /// - Parameter isSent: whether the body is sent, so that it is recorded.
  private mutating func arranged(
    _ source: SourceText, _ tenant: ByteString, at time: UInt64, isSent: Bool
  ) throws(CompilationError) -> RewrittenBody {
    let outline = try BodyReader.outline(of: source)
    let key = IndexKey(tenant: tenant, model: model ?? outline.model)
    let earlier = outline.earlierItemCount
    var beginning = TextBeginning(outline)
    var spelling = JSONStringSpelling()
    var edits = DocumentEdits(source: source.bytes)
    var sent: [SentRequest] = []
    for text in outline.texts {
      beginning.reach(text.item)
      defer { beginning.append(text.text) }
      guard spelling.learn(from: text.literal, in: source.bytes), !text.isCited else { continue }
      let groups = finder.groups(in: text.text, of: text.owner.speaker)
      guard !groups.isEmpty else { continue }
      let identity = beginning.identity(of: text.text)
      let known = memory.orders(of: identity, for: key).flatMap { orders in
        orders.count == groups.count ? orders : nil
      }
      var choices: [DocumentOrder] = []
      for (place, group) in groups.enumerated() {
        let request = ContextRequest(
          key: key, head: beginning.head(of: group, in: text.text),
          blocks: blocks(group, text.text))
        var choice = choose(
          request, of: group, known: known?[place], isEarlier: earlier > 0 && text.item < earlier,
          at: time)
        choice.line = line(group, choice.order, text.text)
        if isSent { sent.append(index.record(request, order: choice.order, at: time)) }
        beginning.note(choice.order)
        choices.append(choice)
      }
      edits.add(choices, in: text, spelling)
      if isSent { memory.insert(choices.map(\.order), of: identity, for: key) }
    }
    var body = edits.applied()
    body.sent = sent
    return body
  }

  private func blocks(_ group: DocumentGroup, _ text: [UInt8]) -> [IndexedBlock] {
    group.documents.map { range in
      let document = Array(text[range.start..<range.end])
      return IndexedBlock(
        BlockFingerprint(of: document), tokens: UInt32(clamping: estimate.count(document)))
    }
  }

  /// The order of a group's documents.
  private func choose(
    _ request: ContextRequest, of group: DocumentGroup, known: [Int]?, isEarlier: Bool,
    at time: UInt64
  ) -> DocumentOrder {
    let given = Array(request.blocks.indices)
    let arrangement = index.arrange(request, for: cacheModel, at: time)
    let isPermutation = arrangement.order.sorted() == given
    let order: [Int]
    if let known, known.count == given.count {
      order = known
    } else if isEarlier {
      let sent = index.arrange(request, at: time)
      let isSent = sent.cachedBlocks == Set(request.blocks.map(\.fingerprint)).count
      order = isSent && sent.order.sorted() == given ? sent.order : given
    } else {
      order = isPermutation ? arrangement.order : given
    }
    let isArranged = order == arrangement.order
    return DocumentOrder(
      group: group, request: request, order: order,
      isRemembered: known != nil || isEarlier && order != given,
      cachedDocuments: isArranged ? arrangement.cachedBlocks : 0,
      cachedTokens: isArranged ? arrangement.cachedTokens : 0)
  }

  /// The line about documents that stand in another order; nil if there is none.
  private func line(_ group: DocumentGroup, _ order: [Int], _ text: [UInt8]) -> [UInt8]? {
    guard finder.settings.annotates, let offset = group.lineOffset,
      order != Array(order.indices)
    else { return nil }
    var line = DocumentLine.text(group, order)
    let next = offset < text.count ? text[offset] : UInt8(ascii: "\n")
    if next != UInt8(ascii: "\n"), next != UInt8(ascii: "\r") { line.append(UInt8(ascii: "\n")) }
    return line
  }
}

/// The line that names the most important ones of documents that stand in another order:
/// ```
/// [Most important first: [1], [2], [3], [4], [5], then the others]
/// ```
/// Documents without names are called by the place at which they stand: `document 3`.
private enum DocumentLine {
  /// The most documents that are named, as in a compiled prompt.
  private static let count = Policy.Annotation().count

  static func text(_ group: DocumentGroup, _ order: [Int]) -> [UInt8] {
    var places = [Int](repeating: 0, count: order.count)
    for (place, document) in order.enumerated() { places[document] = place + 1 }
    let words = AnnotationWords(in: .en)
    let names = places.indices.prefix(count).map { document in
      group.labels?[document].string ?? "document \(places[document])"
    }
    let rest = names.count < order.count ? ", \(words.others)" : ""
    return Array("\n[\(words.opening): \(names.joined(separator: ", "))\(rest)]".utf8)
  }
}
