internal import Bytes

/// The bytes of added tokens by their ids.
struct AddedTokenTexts: Sendable {
  private let bytes: VocabularyBuffer
  /// The ids, ascending.
  private let ids: [UInt32]
  /// Where the bytes of each begin, and where the last ones end.
  private let offsets: [Int]

  /// Takes the texts of `tokens`; of those with one id the first counts.
  init(_ tokens: [AddedToken]) {
    var ids: [UInt32] = []
    var offsets = [0]
    var bytes: [UInt8] = []
    ids.reserveCapacity(tokens.count)
    offsets.reserveCapacity(tokens.count + 1)
    func append(_ token: AddedToken) {
      ids.append(token.id)
      bytes += token.content.bytes
      offsets.append(bytes.count)
    }
    for token in tokens {
      if let last = ids.last, token.id <= last { break }
      append(token)
    }
    if ids.count < tokens.count {
      // They do not ascend.
      (ids, offsets, bytes) = ([], [0], [])
      let places = tokens.indices.sorted { (tokens[$0].id, $0) < (tokens[$1].id, $1) }
      for place in places where tokens[place].id != ids.last { append(tokens[place]) }
    }
    self.bytes = VocabularyBuffer(bytes)
    self.ids = ids
    self.offsets = offsets
  }

  /// One more than the highest id; 0 if there is none.
  var endOfIDs: Int { ids.last.map { Int($0) + 1 } ?? 0 }

  /// The bytes of token `id`; nil if it is none of these. They are valid as long as these texts.
  ///
  /// - Complexity: logarithmic in the tokens.
  func bytes(of id: UInt32) -> UnsafeRawBufferPointer? {
    guard let first = ids.first, let last = ids.last, id >= first, id <= last else { return nil }
    var (low, high) = (0, ids.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    guard ids[low] == id else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes.bytes[offsets[low]..<offsets[low + 1]])
  }
}
