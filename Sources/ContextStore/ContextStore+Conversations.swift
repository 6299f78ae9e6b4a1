public import Bytes
public import ContextIndex
internal import GRDB

/// A conversation whose state is in a file.
public struct StoredConversation: Hashable, Sendable {
  /// The tenant and the model.
  public var key: IndexKey
  /// The caller's name for it.
  public var id: ByteString
  /// How many turns of it were compiled.
  public var turns: Int
  /// The size of its state in bytes.
  public var bytes: Int
  /// When it was stored last, in milliseconds since 1970.
  public var lastUse: UInt64
}

extension ContextStore {
  /// For how long a conversation is kept that does not go on: 30 days, in milliseconds.
  public static let conversationLifetime: UInt64 = 30 * 86_400_000

  /// The state of a conversation, as `save` was given it; nil if none is stored, or it was last stored longer ago
  /// than `conversationLifetime`.
  ///
  /// Only the row of this tenant, this model and this id is read.
  ///
  /// - Parameter time: now, in milliseconds since 1970.
  /// - Throws: `ContextStoreError`.
  public func conversation(
    _ id: ByteString, of key: IndexKey, at time: UInt64
  ) throws(ContextStoreError) -> [UInt8]? {
    try connection.perform { database in
      try ConversationTable(database).state(
        of: id, key: key, usedSince: Self.expiry(at: time))
    }
  }

  /// Stores the state of a conversation in place of the one that is there, in a transaction of its own. What has
  /// expired is removed, and while states take up more than half of `StoreLimits.bytes`, those that were used
  /// longest ago.
  ///
  /// - Parameters:
  ///   - state: any bytes.
  ///   - turns: how many turns it has, for people.
  ///   - time: now, in milliseconds since 1970.
  /// - Throws: `ContextStoreError`; the obstacle, if there is one.
  public func save(
    _ state: [UInt8], turns: Int, ofConversation id: ByteString, of key: IndexKey, at time: UInt64
  ) throws(ContextStoreError) {
    try connection.write { database in
      let table = ConversationTable(database)
      try table.write(state, turns: turns, of: id, key: key, time: time)
      _ = try table.prune(before: Self.expiry(at: time), keeping: nil)
      try table.prune(toBytes: limits.bytes / 2)
    }
  }

  /// The conversations whose states are stored, by tenant, model and id.
  ///
  /// - Throws: `ContextStoreError`.
  public func conversations() throws(ContextStoreError) -> [StoredConversation] {
    try connection.perform { try ConversationTable($0).all() }
  }

  /// Removes the states of conversations that were used long ago.
  ///
  /// - Parameters:
  ///   - time: those that were last stored before this, in milliseconds since 1970; nil for none.
  ///   - count: how many of each tenant and model stay, the latest; nil for all.
  /// - Returns: how many were removed.
  /// - Throws: `ContextStoreError`.
  public func pruneConversations(
    before time: UInt64?, keeping count: Int?
  ) throws(ContextStoreError) -> Int {
    try connection.write { database in
      try ConversationTable(database).prune(before: time, keeping: count)
    }
  }

  private static func expiry(at time: UInt64) -> UInt64 {
    time - min(conversationLifetime, time)
  }
}
