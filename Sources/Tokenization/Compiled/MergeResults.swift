/// The tokens that merges make, by rank.
///
/// In most vocabularies they follow each other as the ranks do; then the first is all that is kept of them.
struct MergeResults: Sendable {
  /// Stands in the file for no first result: all are in the table.
  static let noFirst = UInt32.max

  private let table: VocabularyTable<UInt32>
  private let first: UInt32
  private let count: Int

  /// Takes the section and the property of a file; nil if they do not fit `count` merges of tokens below `tokenCount`.
  init?(_ table: VocabularyTable<UInt32>, first: UInt32, count: Int, tokenCount: Int) {
    guard first == Self.noFirst ? table.count == count : Int(first) + count <= tokenCount else {
      return nil
    }
    self.table = table
    self.first = first
    self.count = count
  }

  /// The token that the merge of a rank makes; nil if there is no such rank.
  @inline(__always)
  subscript(rank: UInt32) -> UInt32? {
    if first == Self.noFirst { return table[Int(rank)] }
    return Int(rank) < count ? first &+ rank : nil
  }

  /// Asks for the result of a rank, which is going to be wanted.
  @inline(__always)
  func prefetch(_ rank: UInt32) {
    if first == Self.noFirst { table.prefetch(Int(rank)) }
  }

  /// The first result, if the others follow it one by one.
  static func first(of results: [UInt32]) -> UInt32? {
    guard let first = results.first else { return nil }
    let follow = results.enumerated().allSatisfy { rank, id in Int(id) == Int(first) + rank }
    return follow ? first : nil
  }
}
