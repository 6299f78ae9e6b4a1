/// Lists of block numbers in one piece of memory: what many requests ask for, or in which order their
/// blocks stand.
public struct BlockLists: Sendable, Equatable {
  private var blocks: [UInt32] = []
  private var ends: [Int] = []

  /// Makes no lists.
  public init() {}

  /// The number of lists.
  public var count: Int { ends.count }

  /// The numbers of all lists together.
  public var blockCount: Int { blocks.count }

  /// Makes room for `lists` lists of `blocks` numbers together.
  public mutating func reserve(lists: Int, blocks: Int) {
    ends.reserveCapacity(lists)
    self.blocks.reserveCapacity(blocks)
  }

  /// Appends a list.
  public mutating func append(_ list: some Sequence<UInt32>) {
    blocks.append(contentsOf: list)
    ends.append(blocks.count)
  }

  /// The list with number `index`.
  public subscript(index: Int) -> ArraySlice<UInt32> {
    blocks[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }
}
