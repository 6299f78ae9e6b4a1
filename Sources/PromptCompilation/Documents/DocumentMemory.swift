internal import Bytes
internal import ContextIndex

/// In which orders the documents of texts were sent, so that a later turn of a conversation repeats them.
///
/// What one tenant sends neither shows nor displaces what another's was. Each has two generations: when the
/// recent one is full, the older one is dropped; what is asked for is recent again.
struct DocumentMemory: Sendable {
  private struct Orders {
    var recent: [Digest: [[Int]]] = [:]
    var older: [Digest: [[Int]]] = [:]
    /// The documents in the recent generation.
    var size = 0
    var lastUse: UInt64 = 0

    mutating func insert(_ orders: [[Int]], of text: Digest, limit: Int) {
      let size = orders.reduce(16) { $0 + $1.count }
      if self.size + size > limit / 2 {
        older = recent
        recent = [:]
        self.size = 0
      }
      if recent.updateValue(orders, forKey: text) == nil { self.size += size }
    }
  }

  private var orders: [IndexKey: Orders] = [:]
  private let limit: Int
  private let tenantLimit: Int
  private var clock: UInt64 = 0

  /// Makes an empty memory.
  ///
  /// - Parameters:
  ///   - limit: the most documents of a tenant, of 8 bytes each; a text counts for 16 besides.
  ///   - tenantLimit: the most tenants; the least recently seen one is forgotten.
  init(limit: Int = 1 << 20, tenantLimit: Int = 1 << 12) {
    self.limit = max(limit, 2)
    self.tenantLimit = max(tenantLimit, 1)
  }

  /// The orders of the groups of a text; nil if it was not seen, or long ago.
  mutating func orders(of text: Digest, for key: IndexKey) -> [[Int]]? {
    clock += 1
    orders[key]?.lastUse = clock
    if let found = orders[key]?.recent[text] { return found }
    guard let found = orders[key]?.older[text] else { return nil }
    insert(found, of: text, for: key)
    return found
  }

  /// Notes the orders of a text.
  mutating func insert(_ found: [[Int]], of text: Digest, for key: IndexKey) {
    clock += 1
    if orders[key] == nil, orders.count >= tenantLimit,
      let oldest = orders.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      orders[oldest] = nil
    }
    orders[key, default: Orders()].lastUse = clock
    orders[key, default: Orders()].insert(found, of: text, limit: limit)
  }
}
