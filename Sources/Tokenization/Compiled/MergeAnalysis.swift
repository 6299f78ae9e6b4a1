internal import Bytes

/// What the compiler finds out about the merges of a vocabulary: whether they ascend, which characters
/// merging may begin with, and which pairs of characters tokens hold.
struct MergeAnalysis {
  private let tokens: [ByteString]
  private let merges: [VocabularyDescription.Merge]
  /// Whether merges begin with characters anyway.
  private let isCharacterLevel: Bool
  /// Whether each merge has a higher rank than those that make its parts, so that no merge makes
  /// possible another of lower rank.
  let mergesAscend: Bool
  /// The merges by the token on the right, and by that on the left, each with its rank.
  private var mergesByRight: [UInt32: [(rank: UInt32, neighbour: UInt32)]] = [:]
  private var mergesByLeft: [UInt32: [(rank: UInt32, neighbour: UInt32)]] = [:]
  private var ranks: [UInt64: UInt32] = [:]

  init(_ description: VocabularyDescription) {
    tokens = description.tokens
    merges = description.merges
    isCharacterLevel = description.configuration.characters != nil
    mergesAscend = Self.ascend(description)
    guard mergesAscend, !isCharacterLevel else { return }
    for (rank, merge) in merges.enumerated() {
      let rank = UInt32(rank)
      ranks[MergeSlot.key(merge.left, merge.right)] = rank
      mergesByRight[merge.right, default: []].append((rank, merge.left))
      mergesByLeft[merge.left, default: []].append((rank, merge.right))
    }
  }

  private static func ascend(_ description: VocabularyDescription) -> Bool {
    var lastMadeAt: [UInt32: Int] = [:]
    let ranks = description.merges.indices.map { Int(description.rank(ofMerge: $0)) }
    for (rank, merge) in zip(ranks, description.merges) {
      lastMadeAt[merge.result] = max(rank, lastMadeAt[merge.result] ?? 0)
    }
    return zip(ranks, description.merges).allSatisfy { rank, merge in
      // A part that no merge makes is there from the start, or never.
      (lastMadeAt[merge.left] ?? -1) < rank && (lastMadeAt[merge.right] ?? -1) < rank
    }
  }

  /// The pairs of characters, of which one at least is not ASCII, that stand side by side in a token.
  func crossings() -> Set<CharacterPair> {
    var pairs: Set<CharacterPair> = []
    for token in tokens where token.bytes.contains(where: { $0 >= 0x80 }) {
      var previous: UInt32?
      var offset = 0
      while offset < token.count {
        let code = UTF8Character.first(in: token.bytes[offset...])
        if let previous, let code, previous | code >= 0x80 {
          pairs.insert(CharacterPair(left: previous, right: code))
        }
        previous = code
        // A part of a character is passed over byte by byte.
        offset += code.map(UTF8Character.width) ?? 1
      }
    }
    return pairs
  }
}

// MARK: - Characters that merging may begin with

extension MergeAnalysis {
  /// The characters that merging may begin with, ascending, and the pairs of characters of which one can
  /// disturb the other; none if merges do not ascend or begin with characters anyway.
  func characters() -> (
    symbols: [(code: UInt32, symbol: CharacterSymbol)], disturbances: Set<CharacterPair>
  ) {
    guard mergesAscend, !isCharacterLevel else { return ([], []) }
    var byteTokens: [UInt8: UInt32] = [:]
    for (id, token) in tokens.enumerated() where token.count == 1 {
      byteTokens[token.bytes[0]] = UInt32(id)
    }
    var symbols: [(code: UInt32, symbol: CharacterSymbol)] = []
    var disturbances: Set<CharacterPair> = []
    for (id, token) in tokens.enumerated() where (2...4).contains(token.count) {
      guard let code = UTF8Character.first(in: token.bytes[...]),
        UTF8Character.width(of: code) == token.count,
        let hazards = hazards(
          of: code, token.bytes.compactMap { byteTokens[$0] }, UInt32(id), &disturbances)
      else { continue }
      symbols.append((code, CharacterSymbol(rawValue: UInt32(id) | hazards.rawValue)))
    }
    return (symbols.sorted { $0.code < $1.code }, disturbances)
  }

  /// Merges the bytes of a character and notes what could take their first or last part before they are
  /// one; nil if they do not merge into `result`.
  private func hazards(
    of code: UInt32, _ bytes: [UInt32], _ result: UInt32,
    _ disturbances: inout Set<CharacterPair>
  ) -> CharacterSymbol.Hazards? {
    var symbols = bytes
    var hazards: CharacterSymbol.Hazards = []
    while symbols.count > 1 {
      let possible = symbols.indices.dropLast().compactMap { index in
        ranks[MergeSlot.key(symbols[index], symbols[index + 1])].map { (rank: $0, index: index) }
      }
      guard let (rank, index) = possible.min(by: { $0 < $1 }) else { return nil }
      if index == 0 {
        for merge in mergesByRight[symbols[0]] ?? [] where merge.rank < rank {
          noteNeighbour(before: code, tokens[Int(merge.neighbour)].bytes, &hazards, &disturbances)
        }
      }
      if index + 2 == symbols.count {
        for merge in mergesByLeft[symbols[index + 1]] ?? [] where merge.rank < rank {
          noteNeighbour(behind: code, tokens[Int(merge.neighbour)].bytes, &hazards, &disturbances)
        }
      }
      symbols.replaceSubrange(index...(index + 1), with: [merges[Int(rank)].result])
    }
    return symbols == [result] ? hazards : nil
  }

  private func noteNeighbour(
    before code: UInt32, _ bytes: [UInt8], _ hazards: inout CharacterSymbol.Hazards,
    _ disturbances: inout Set<CharacterPair>
  ) {
    guard let lead = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) else {
      // Nothing but the end of a character: any that has it.
      hazards.insert(.otherBefore)
      return
    }
    // What ends inside a character cannot stand before another.
    guard let neighbour = UTF8Character.only(in: bytes[lead...]) else { return }
    if neighbour < 0x80 {
      hazards.insert(.asciiBefore)
    } else {
      disturbances.insert(CharacterPair(left: neighbour, right: code))
    }
  }

  private func noteNeighbour(
    behind code: UInt32, _ bytes: [UInt8], _ hazards: inout CharacterSymbol.Hazards,
    _ disturbances: inout Set<CharacterPair>
  ) {
    // What begins inside a character cannot stand behind another.
    guard let lead = bytes.first, lead & 0xC0 != 0x80 else { return }
    if lead < 0x80 {
      hazards.insert(.asciiBehind)
    } else if let neighbour = UTF8Character.first(in: bytes[...]) {
      disturbances.insert(CharacterPair(left: code, right: neighbour))
    } else {
      for neighbour in UTF8Character.all(beginningWith: bytes, limit: 64) ?? [] {
        disturbances.insert(CharacterPair(left: code, right: neighbour))
      }
      if UTF8Character.all(beginningWith: bytes, limit: 64) == nil { hazards.insert(.otherBehind) }
    }
  }
}
