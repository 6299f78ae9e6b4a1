internal import Bytes
internal import ContextIndex
internal import ContextStore
internal import HTTPTypes
internal import OrderedJSON
internal import Synchronization

/// ContextPilot's endpoints, from the body of a request to that of the reply. Each tenant has a session of its own.
final class ContextPilotService: Sendable {
  private let index: ContextIndex
  /// Keeps the index of the contexts beside that of the prompts; nil if it is in memory alone.
  private let prompts: PromptRewriter?
  private let cacheModel: CacheModel
  private let cacheTokens: Int?
  private let isStateless: Bool
  private let limits: (tenants: Int, documents: Int)
  private let sessions: Mutex<Table> = Mutex(Table())

  private struct Table {
    var sessions: [ByteString: (session: Session, use: UInt64)] = [:]
    var uses: UInt64 = 0
  }

  /// A tenant's session, one request at a time.
  private final class Session: Sendable {
    let state: Mutex<ContextSession>

    init(_ session: ContextSession) {
      state = Mutex(session)
    }
  }

  /// The most documents of the contexts of one request.
  private static let documentLimit = 2_000_000
  /// What an index of contexts calls the model, which it does not know.
  private static let model = ByteString("contextpilot")

  /// Makes a service.
  ///
  /// - Parameter prompts: what has the index of the prompts, if it is kept in a file.
  init(_ configuration: ServerConfiguration, beside prompts: PromptRewriter?) {
    cacheModel = configuration.cacheModel ?? .radix
    cacheTokens = configuration.cacheTokens
    isStateless = configuration.isStateless
    limits = (configuration.limits.tenants, Self.documentLimit)
    let stored = prompts?.store?.index
    self.prompts = stored == nil ? nil : prompts
    index =
      stored
      ?? ContextIndex(
        limits: IndexLimits(tokens: configuration.cacheTokens, page: cacheModel.pageSize))
  }

  // MARK: - Endpoints

  /// `/reorder`, and `/build`; `/schedule` never remembers.
  func reorder(
    _ request: ContextPilotRequest, of tenant: Tenant, remembers: Bool = true
  ) throws(ContextPilotError) -> JSONValue {
    let contexts = try request.contexts(atMost: limits.documents)
    guard remembers, !isStateless else {
      return ContextPilotReply.stateless(contexts, ContextSchedule(contexts, cacheModel))
    }
    let isDeduplicating = try request.bool("deduplicate", default: false)
    let parents = try request.optionalStrings("parent_request_ids") ?? []
    guard parents.isEmpty || parents.count == contexts.count else {
      throw ContextPilotError("parent_request_ids: one for each context, or none")
    }
    let template = try request.string("hint_template")?.bytes ?? DocumentTurns.hintTemplate
    defer { prompts?.saveSoon() }
    return session(of: tenant).state.withLock { session in
      let result = session.reorder(contexts, at: UTCTime.milliseconds)
      let turns =
        isDeduplicating
        ? result.contexts.map { sent in
          session.turns.add(
            sent.id, sent.documents, after: parents.isEmpty ? nil : parents[sent.original],
            template: template)
        } : nil
      return ContextPilotReply.stateful(contexts, result, session.totals, turns)
    }
  }

  /// `/deduplicate`.
  func deduplicate(
    _ request: ContextPilotRequest, of tenant: Tenant
  ) throws(ContextPilotError) -> JSONValue {
    try requireState()
    let contexts = try request.contexts(atMost: limits.documents)
    let parents =
      try request.optionalStrings("parent_request_ids")
      ?? Array(repeating: nil, count: contexts.count)
    guard parents.count == contexts.count else {
      throw ContextPilotError("parent_request_ids: one for each context")
    }
    let template = try request.string("hint_template")?.bytes ?? DocumentTurns.hintTemplate
    return session(of: tenant).state.withLock { session in
      let ids = contexts.map { _ in ContextSession.newID() }
      let turns = contexts.indices.map { place in
        session.turns.add(
          ids[place], contexts[place].documents, after: parents[place], template: template)
      }
      return ContextPilotReply.deduplicated(ids, parents, turns)
    }
  }

  /// `/evict`.
  func evict(
    _ request: ContextPilotRequest, of tenant: Tenant
  ) throws(ContextPilotError) -> JSONValue {
    guard let given = try request.strings("request_ids") else {
      throw ContextPilotError("request_ids: a list of strings is missing")
    }
    var seen: Set<ByteString> = []
    let ids = given.compactMap(EngineRequestID.normalized).filter { seen.insert($0).inserted }
    defer { prompts?.saveSoon() }
    var (eviction, totals) = session(of: tenant).state.withLock { session in
      (session.evict(ids), session.totals)
    }
    // An engine does not know whose requests it gives up; their names are known to nobody else.
    if tenant.isNobody {
      for other in others(than: tenant) where !eviction.missing.isEmpty {
        eviction.add(other.state.withLock { $0.evict(eviction.missing) })
      }
    }
    return ContextPilotReply.evicted(ids, eviction, totals)
  }

  /// `/search`.
  func search(
    _ request: ContextPilotRequest, of tenant: Tenant
  ) throws(ContextPilotError) -> JSONValue {
    try requireState()
    let context = try request.context(atMost: limits.documents)
    let updates = try request.bool("update_access", default: true)
    let (path, prefix) = session(of: tenant).state.withLock {
      $0.search(context, updatesUse: updates, at: UTCTime.milliseconds)
    }
    return .object([
      "status": .string("success"),
      "search_path": ContextPilotReply.integers(path.nodes.map { Int($0) }),
      "node_id": .integer(path.nodes.last.map { Int($0) } ?? 0),
      "prefix_length": .integer(prefix), "has_prefix": .bool(prefix > 0),
    ])
  }

  /// `/insert`. Where a context goes is found by its documents: the path of a search may be out of date.
  func insert(
    _ request: ContextPilotRequest, of tenant: Tenant
  ) throws(ContextPilotError) -> JSONValue {
    try requireState()
    let context = try request.context(atMost: limits.documents)
    _ = try request.numbers("search_path")
    defer { prompts?.saveSoon() }
    let (id, path) = session(of: tenant).state.withLock {
      $0.insert(context, at: UTCTime.milliseconds)
    }
    return .object([
      "status": .string("success"), "node_id": .integer(path.nodes.last.map { Int($0) } ?? 0),
      "search_path": ContextPilotReply.integers(path.nodes.map { Int($0) }),
      "request_id": .string(id),
    ])
  }

  /// `/update`.
  func update(
    _ request: ContextPilotRequest, of tenant: Tenant
  ) throws(ContextPilotError) -> JSONValue {
    try requireState()
    guard let delta = try request.integer("token_delta") else {
      throw ContextPilotError("token_delta: an integer is missing")
    }
    guard let node = try request.numbers("search_path").last else {
      throw ContextPilotError("search_path: the numbers of nodes from the root on are missing")
    }
    let isKnown = session(of: tenant).state.withLock { $0.addTokens(delta, to: node) }
    guard isKnown else {
      throw ContextPilotError("search_path: there is no node \(node)", status: .notFound)
    }
    return .object(["status": .string("success")])
  }

  /// `/reset`: of the tenant alone.
  func reset(of tenant: Tenant) -> JSONValue {
    defer { prompts?.saveSoon() }
    session(of: tenant).state.withLock { $0.reset() }
    return .object([
      "status": .string("success"), "message": .string("everything of this tenant is forgotten"),
      "conversation_tracker": .string("reset"),
    ])
  }

  /// `/requests`.
  func requests(of tenant: Tenant) -> JSONValue {
    let ids = session(of: tenant).state.withLock { $0.requestIDs }
    return .object([
      "status": .string("success"), "count": .integer(ids.count),
      "num_requests": .integer(ids.count), "request_ids": ContextPilotReply.strings(ids),
    ])
  }

  /// `/stats`.
  func stats(of tenant: Tenant) -> JSONValue {
    let totals = session(of: tenant).state.withLock { $0.totals }
    let utilization = cacheTokens.map { Double(totals.tokens) / Double($0) } ?? 0
    return .object([
      "status": .string("success"), "index_stats": ContextPilotReply.stats(totals),
      "total_tokens": .integer(totals.tokens), "num_contexts": .integer(totals.requests),
      "cache_utilization": .number(JSONNumber(spelling: ByteString(String(utilization)))),
      "timestamp": .string(ByteString(UTCTime.now)),
    ])
  }

  // MARK: - Sessions

  private func requireState() throws(ContextPilotError) {
    guard isStateless else { return }
    throw ContextPilotError(
      "this server remembers nothing: start it without --stateless", status: .serviceUnavailable)
  }

  private func session(of tenant: Tenant) -> Session {
    sessions.withLock { table in
      table.uses += 1
      if let known = table.sessions[tenant.name]?.session {
        table.sessions[tenant.name]?.use = table.uses
        return known
      }
      if table.sessions.count >= limits.tenants,
        let oldest = table.sessions.min(by: { $0.value.use < $1.value.use })
      {
        forget(oldest.value.session.state.withLock { $0.key })
        table.sessions[oldest.key] = nil
      }
      let key = IndexKey(tenant: tenant.name, model: Self.model)
      // What cannot be read is as good as not there: requests are laid out by what comes.
      try? prompts?.store?.load(key)
      let session = Session(ContextSession(key, index, cacheModel))
      table.sessions[tenant.name] = (session, table.uses)
      return session
    }
  }

  private func forget(_ key: IndexKey) {
    if let store = prompts?.store { try? store.unload(key) } else { index.forget(key) }
  }

  /// The sessions of the other tenants.
  private func others(than tenant: Tenant) -> [Session] {
    sessions.withLock { table in
      table.sessions.keys.filter { $0 != tenant.name }.sorted().compactMap {
        table.sessions[$0]?.session
      }
    }
  }
}
