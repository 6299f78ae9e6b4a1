internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// What is known of one tenant's contexts: the index of what the engine should have, and the turns of
/// conversations.
struct ContextSession {
  let key: IndexKey
  private let index: ContextIndex
  private let cacheModel: CacheModel
  var turns: DocumentTurns
  /// Tokens that clients say nodes hold besides those of their documents.
  private var extraTokens: [UInt32: Int] = [:]

  /// What stands before the documents of a context: nothing that we know.
  static let head = IndexedBlock(BlockFingerprint(of: Array("contextpilot".utf8)), tokens: 0)
  private static let turnLimit = 65_536
  private static let extraTokenLimit = 65_536

  init(_ key: IndexKey, _ index: ContextIndex, _ cacheModel: CacheModel) {
    self.key = key
    self.index = index
    self.cacheModel = cacheModel
    turns = DocumentTurns(limit: Self.turnLimit)
  }

  /// A context as it is to be sent.
  struct Sent {
    /// Its number in the request.
    var original: Int
    var id: ByteString
    var documents: [ContextDocument]
  }

  /// What became of the contexts of a request.
  struct Reordering {
    /// In the sequence in which they are to be sent.
    var contexts: [Sent] = []
    /// How many begin with documents that were sent before.
    var matched = 0
    /// Whether nothing was known before.
    var isInitial = true
    /// The places in `contexts` of those that begin alike, one list after another.
    var groups: [[Int]] = []
  }

  /// Lays contexts out against what was sent before, and takes them for sent.
  mutating func reorder(_ contexts: [DocumentContext], at time: UInt64) -> Reordering {
    var result = Reordering()
    result.isInitial = index.statistics(of: key).edges == 0
    if result.isInitial {
      for (number, order) in ContextSchedule(contexts, cacheModel).contexts {
        result.contexts.append(send(contexts[number], number, order, at: time))
      }
    } else {
      var paths: [IndexPath] = []
      for (number, context) in contexts.enumerated() {
        let request = context.request(key, behind: Self.head)
        let arrangement = index.arrange(request, for: cacheModel, at: time)
        if arrangement.cachedBlocks > 0 { result.matched += 1 }
        result.contexts.append(send(context, number, arrangement.order, at: time))
      }
      paths = result.contexts.map { path(of: $0.documents) }
      let sequence = result.contexts.indices.sorted { left, right in
        if paths[left].nodes == paths[right].nodes { return left < right }
        return paths[left].nodes.lexicographicallyPrecedes(paths[right].nodes)
      }
      result.contexts = sequence.map { result.contexts[$0] }
    }
    result.groups = ContextSchedule.groups(result.contexts.map(\.documents))
    return result
  }

  private func send(
    _ context: DocumentContext, _ number: Int, _ order: [Int], at time: UInt64
  ) -> Sent {
    let id = Self.newID()
    index.record(context.request(key, behind: Self.head), order: order, id: id, at: time)
    return Sent(original: number, id: id, documents: context.arranged(order))
  }

  /// A name that no other request has.
  static func newID() -> ByteString {
    let number = UInt64.random(in: .min ... .max)
    let digits = String(number, radix: 16)
    return ByteString("req-" + String(repeating: "0", count: 16 - digits.count) + digits)
  }

  /// Takes a context for sent, behind what of it is known.
  func insert(
    _ context: DocumentContext, at time: UInt64
  ) -> (id: ByteString, path: IndexPath) {
    let request = context.request(key, behind: Self.head)
    let order = index.arrange(request, for: cacheModel, at: time).order
    let sent = send(context, 0, order, at: time)
    return (sent.id, path(of: sent.documents))
  }

  /// Where most of a context is known, and how many documents from the first on that is.
  func search(
    _ context: DocumentContext, updatesUse: Bool, at time: UInt64
  ) -> (path: IndexPath, prefix: Int) {
    let request = context.request(key, behind: Self.head)
    let arrangement = index.arrange(request, for: cacheModel, at: time)
    let prefix = Array(arrangement.order.prefix(arrangement.cachedBlocks))
    // What was found again counts as used.
    if updatesUse, !prefix.isEmpty { index.record(request, order: prefix, at: time) }
    return (path(of: context.arranged(prefix)), arrangement.cachedBlocks)
  }

  private func path(of documents: [ContextDocument]) -> IndexPath {
    index.path(of: documents.map(\.fingerprint), behind: Self.head.fingerprint, of: key)
  }

  /// Adds to the tokens of a node.
  ///
  /// - Returns: whether there is such a node.
  mutating func addTokens(_ tokens: Int, to node: UInt32) -> Bool {
    guard index.hasNode(node, of: key) else { return false }
    guard extraTokens[node] != nil || extraTokens.count < Self.extraTokenLimit else { return true }
    let sum = (extraTokens[node] ?? 0).addingReportingOverflow(tokens)
    extraTokens[node] = sum.overflow ? 0 : max(sum.partialValue, 0)
    return true
  }

  /// What requests that the engine gave up held.
  struct Eviction {
    var removed: [ByteString] = []
    var missing: [ByteString] = []
    var nodes: [UInt32] = []
    var conversations = 0

    /// Adds what was found elsewhere of what was missing.
    mutating func add(_ other: Eviction) {
      removed += other.removed
      missing = other.missing
      nodes += other.nodes
      conversations += other.conversations
    }
  }

  /// Gives up what only these requests hold.
  mutating func evict(_ ids: [ByteString]) -> Eviction {
    var result = Eviction()
    for id in ids {
      if let nodes = index.evict(request: id, of: key) {
        result.removed.append(id)
        result.nodes += nodes
        for node in nodes { extraTokens[node] = nil }
      } else {
        result.missing.append(id)
      }
      if turns.remove(id) { result.conversations += 1 }
    }
    return result
  }

  /// Forgets everything.
  mutating func reset() {
    index.removeAll(of: key)
    turns = DocumentTurns(limit: Self.turnLimit)
    extraTokens = [:]
  }

  var requestIDs: [ByteString] { index.requestIDs(of: key) }

  /// What the index holds.
  var totals: ContextTotals {
    let shape = index.shape(of: key)
    let statistics = index.statistics(of: key)
    return ContextTotals(
      nodes: shape.nodes, leaves: shape.leaves, depth: max(shape.depth - 1, 0),
      // What stands before the documents is a block of the index too.
      documents: max(statistics.blocks - 1, 0),
      tokens: statistics.tokens + extraTokens.values.reduce(0, +), requests: requestIDs.count)
  }
}

/// How much is known of a tenant's contexts.
struct ContextTotals {
  var nodes = 0
  var leaves = 0
  var depth = 0
  var documents = 0
  var tokens = 0
  var requests = 0
}
