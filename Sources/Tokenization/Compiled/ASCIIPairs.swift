internal import Bytes

/// What merging knows of two ASCII characters side by side.
struct ASCIIPair {
  /// The rank of their merge; `VocabularyTables.noMerge` if they do not merge.
  var rank = VocabularyTables.noMerge
  /// The token that it makes.
  var result: UInt32 = 0
  /// The lowest rank of a merge that takes the second character together with a token that ends with the first.
  var leftLimit = VocabularyTables.noMerge
  /// The lowest rank of a merge that takes the first character together with a token that begins with the second.
  var rightLimit = VocabularyTables.noMerge
}

/// The pairs of ASCII characters.
///
/// In a text `z a b c`, `a` and `b` are sure to merge if the rank of that is below the left limit of `z a` and the right
/// limit of `b c`: whatever else could take one of them comes later. Such merges can be made before all others, all at
/// once, where merges ascend; where they do not all limits are 0.
///
/// Invariant: `base` points to `count` entries of `size` bytes.
struct ASCIIPairs: @unchecked Sendable {
  // @unchecked: the memory behind the pointer is never written.
  private let base: UnsafeRawPointer

  private static let size = 16
  private static let count = 1 << 14

  /// Takes a section; nil if it has another length.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count == Self.size * Self.count else { return nil }
    self.base = base
  }

  /// The pair of two characters; of other bytes the lower seven bits count.
  @inline(__always)
  subscript(left: UInt8, right: UInt8) -> ASCIIPair {
    let entry = base + Self.size &* Self.index(left, right)
    func word(_ number: Int) -> UInt32 {
      UInt32(littleEndian: entry.loadUnaligned(fromByteOffset: 4 &* number, as: UInt32.self))
    }
    return ASCIIPair(rank: word(0), result: word(1), leftLimit: word(2), rightLimit: word(3))
  }

  @inline(__always)
  private static func index(_ left: UInt8, _ right: UInt8) -> Int {
    Int(left & 0x7F) &<< 7 | Int(right & 0x7F)
  }

  /// Returns the section for the merges of a vocabulary whose merges begin with bytes.
  ///
  /// - Parameter areLimited: whether merges ascend, so that some may be made before others.
  static func section(of description: VocabularyDescription, areLimited: Bool) -> [UInt8] {
    let limit = areLimited ? VocabularyTables.noMerge : 0
    let none = ASCIIPair(leftLimit: limit, rightLimit: limit)
    var pairs = [ASCIIPair](repeating: none, count: count)
    for (index, merge) in description.merges.enumerated() {
      let left = description.tokens[Int(merge.left)]
      let right = description.tokens[Int(merge.right)]
      guard let last = left.bytes.last, let first = right.bytes.first, last < 0x80, first < 0x80
      else { continue }
      let rank = description.rank(ofMerge: index)
      let place = Self.index(last, first)
      if left.count == 1, right.count == 1 {
        (pairs[place].rank, pairs[place].result) = (rank, merge.result)
      }
      if right.count == 1 { pairs[place].leftLimit = min(pairs[place].leftLimit, rank) }
      if left.count == 1 { pairs[place].rightLimit = min(pairs[place].rightLimit, rank) }
    }
    return pairs.flatMap { pair in
      [pair.rank, pair.result, pair.leftLimit, pair.rightLimit].flatMap { word in
        withUnsafeBytes(of: word.littleEndian) { Array($0) }
      }
    }
  }
}
