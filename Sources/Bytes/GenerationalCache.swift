/// A bounded cache of two generations: when the recent one is full, it becomes the older one, whose entries are
/// dropped. An entry of the older one that is asked for is recent again, so that it stays at least until half the
/// bound has been filled with others.
@usableFromInline
package struct GenerationalCache<Key: Hashable, Value> {
  @usableFromInline typealias Entry = (value: Value, size: Int)

  /// The most memory of a generation, in bytes.
  @usableFromInline let limit: Int
  @usableFromInline var recentBytes = 0
  @usableFromInline var olderBytes = 0
  @usableFromInline var recent: [Key: Entry] = [:]
  @usableFromInline var older: [Key: Entry] = [:]

  /// Makes an empty cache.
  ///
  /// - Parameter limit: the most memory in bytes; what takes more than half of it is not kept.
  @inlinable package init(limit: Int) {
    self.limit = limit / 2
  }

  /// The memory that the entries take, in bytes: at most the limit.
  @inlinable package var byteCount: Int { recentBytes + olderBytes }

  /// Returns what is kept for a key; nil if nothing is.
  @inlinable package mutating func value(for key: Key) -> Value? {
    if let entry = recent[key] { return entry.value }
    guard let entry = older.removeValue(forKey: key) else { return nil }
    olderBytes -= entry.size
    insert(entry.value, for: key, size: entry.size)
    return entry.value
  }

  /// Keeps something for a key; what is kept for it stays.
  ///
  /// - Parameter size: the memory that key and value take, in bytes.
  /// - Returns: whether it is kept.
  @discardableResult
  @inlinable package mutating func insert(_ value: Value, for key: Key, size: Int) -> Bool {
    guard size <= limit, recent[key] == nil else { return false }
    if recentBytes + size > limit {
      older = recent
      olderBytes = recentBytes
      recent = [:]
      recentBytes = 0
    }
    if let replaced = older.removeValue(forKey: key) { olderBytes -= replaced.size }
    recent[key] = (value, size)
    recentBytes += size
    return true
  }
}

extension GenerationalCache: Sendable where Key: Sendable, Value: Sendable {}
