internal import Bytes
internal import ContextIndex
internal import ContextStore
internal import Logging
internal import PromptCompilation
internal import Synchronization
internal import Tokenization

/// The memories of all tenants, of which those that were used last are kept.
final class SharedMemory: Sendable {
  let model: Model
  /// What the engine puts in front of a text that is no conversation; nil if that is not known.
  let textPrefix: [UInt32]?
  /// What is believed to be cached, by tenant; nil if nothing is remembered.
  let index: ContextIndex?
  /// The file of the index; nil if it is in memory alone.
  let store: ContextStore?
  let cacheModel: CacheModel?
  let cacheTokens: Int?
  /// The cache of an engine that all tenants share; nil if each has one of its own.
  let engineCache: PredictedCache?
  let metrics: ServerMetrics
  /// What follows the engine; nil if nothing does.
  let following: EngineFollowing?
  let cacheSalt: CacheSalt?
  private let limit: Int
  private let tenants: Mutex<Table> = Mutex(Table())

  private struct Table {
    var memories: [Tenant: (memory: TenantMemory, use: UInt64)] = [:]
    var uses: UInt64 = 0
  }

  init(
    _ configuration: ServerConfiguration, _ name: ByteString, _ metrics: ServerMetrics,
    _ following: EngineFollowing?
  ) throws(ConfigurationError) {
    self.metrics = metrics
    self.following = following
    cacheSalt = configuration.cacheSalt
    do {
      let located = try LocatedModel.named(name)
      let model = try Model(located)
      self.model = model
      textPrefix = try located.textPrefix().flatMap { Self.tokens($0, model.tokenizer) }
    } catch {
      throw ConfigurationError("model: \(error)")
    }
    cacheModel = configuration.cacheModel
    cacheTokens = configuration.cacheTokens
    let predicted = configuration.cacheModel ?? model.profile.cacheModel
    engineCache =
      predicted.isSharedByTenants && cacheSalt == nil
      ? PredictedCache(predicted, tokens: configuration.cacheTokens, metrics) : nil
    limit = configuration.limits.tenants
    let limits = IndexLimits(
      tokens: configuration.cacheTokens,
      page: (configuration.cacheModel ?? model.profile.cacheModel).pageSize)
    guard let path = configuration.indexPath else {
      store = nil
      index = configuration.isStateless ? nil : ContextIndex(limits: limits)
      return
    }
    do {
      let store = try ContextStore(path: path, index: limits)
      if let obstacle = store.obstacle { throw obstacle }
      self.store = store
      index = store.index
    } catch {
      throw ConfigurationError("index: \(error)")
    }
  }

  /// Special tokens by their ids; nil if one of them is none.
  private static func tokens(_ texts: [ByteString], _ tokenizer: Tokenizer) -> [UInt32]? {
    let tokens = texts.compactMap { text -> UInt32? in
      guard let ids = try? tokenizer.encode(text.bytes), ids.count == 1 else { return nil }
      return ids[0]
    }
    return tokens.count == texts.count ? tokens : nil
  }

  /// The memory of a tenant. One that was forgotten or never there begins with what the file has of it.
  func memory(of tenant: Tenant) throws -> TenantMemory {
    let (memory, isNew, forgotten) = tenants.withLock { table in
      table.uses += 1
      let use = table.uses
      if let known = table.memories[tenant]?.memory {
        table.memories[tenant]?.use = use
        return (known, false, nil as TenantMemory?)
      }
      var forgotten: TenantMemory?
      if table.memories.count >= limit,
        let oldest = table.memories.min(by: { $0.value.use < $1.value.use })
      {
        forgotten = oldest.value.memory
        table.memories[oldest.key] = nil
      }
      let new = TenantMemory(tenant, of: self)
      table.memories[tenant] = (new, use)
      return (new, true, forgotten)
    }
    if let forgotten { try forget(forgotten) }
    if isNew { try store?.load(memory.key) }
    return memory
  }

  private func forget(_ memory: TenantMemory) throws {
    memory.dropPrompts()
    if let store { try store.unload(memory.key) } else { index?.forget(memory.key) }
  }

  /// Writes what changed to the file, if there is one.
  func save() throws {
    for memory in tenants.withLock({ $0.memories.values.map(\.memory) }) { memory.finishPrompts() }
    try store?.save()
  }

  /// What is believed to be cached, over all tenants.
  var totals: IndexTotals {
    var totals = IndexTotals()
    guard let index else { return totals }
    let keys = tenants.withLock { $0.memories.values.map(\.memory.key) }
    totals.tenants = keys.count
    for key in keys {
      let statistics = index.statistics(of: key)
      totals.tokens += statistics.tokens
      totals.nodes += statistics.edges
      totals.blocks += statistics.blocks
    }
    return totals
  }
}

/// How much an index has of all tenants.
struct IndexTotals {
  var tokens = 0
  var nodes = 0
  var blocks = 0
  var tenants = 0
}
