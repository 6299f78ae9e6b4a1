public import Bytes
internal import Synchronization

/// The form of one key's tree.
public struct IndexShape: Sendable, Equatable {
  /// The nodes, the root among them.
  public var nodes = 0
  /// The nodes that none stands below.
  public var leaves = 0
  /// The blocks of the longest sequence, what stands before it counted as one.
  public var depth = 0
}

/// How far a sequence of blocks is in a tree.
public struct IndexPath: Sendable, Equatable {
  /// The numbers of the nodes from below the root on; the last edge may go on with other blocks.
  public var nodes: [UInt32] = []
  /// How many of the blocks stand there.
  public var blocks = 0
}

/// A node of one key's tree.
public struct IndexNode: Sendable, Equatable {
  /// How many nodes stand above it, the root not counted.
  public var depth: Int
  /// The blocks of its edge.
  public var blocks: Int
  /// The tokens of its edge that are believed to be cached.
  public var tokens: Int
  /// The nodes right below it.
  public var children: Int
}

extension ContextIndex {
  /// The first nodes of the tree of a key, each before those below it.
  ///
  /// - Parameter limit: how many.
  public func outline(of key: IndexKey, atMost limit: Int) -> [IndexNode] {
    knownPartition(key)?.state.withLock { $0.outline(atMost: limit) } ?? []
  }

  /// What the engine calls the requests of a key that hold something, ascending.
  public func requestIDs(of key: IndexKey) -> [ByteString] {
    knownPartition(key)?.state.withLock { $0.requestIDs } ?? []
  }

  /// How far a sequence is in the tree of a key.
  ///
  /// - Parameter head: what stands before the blocks.
  public func path(
    of blocks: [BlockFingerprint], behind head: BlockFingerprint, of key: IndexKey
  ) -> IndexPath {
    knownPartition(key)?.state.withLock { $0.path(of: blocks, behind: head) } ?? IndexPath()
  }

  /// Whether the tree of a key has a node with this number.
  public func hasNode(_ number: UInt32, of key: IndexKey) -> Bool {
    knownPartition(key)?.state.withLock { $0.hasNode(number) } ?? false
  }

  /// The form of the tree of a key.
  ///
  /// - Complexity: linear in its nodes.
  public func shape(of key: IndexKey) -> IndexShape {
    knownPartition(key)?.state.withLock { $0.shape } ?? IndexShape()
  }
}
