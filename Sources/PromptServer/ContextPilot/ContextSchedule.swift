internal import ContextIndex

/// Contexts laid out by themselves, so that as much as possible of each is the beginning of one before it.
struct ContextSchedule {
  /// The number of each context and the order of its documents, places in the context, in the sequence in which
  /// they are to be sent.
  let contexts: [(number: Int, order: [Int])]

  /// Lays contexts out.
  init(_ contexts: [DocumentContext], _ cacheModel: CacheModel) {
    var numbers: [BlockFingerprint: UInt32] = [:]
    var tokens: [UInt32] = []
    var lists: [[UInt32]] = []
    for context in contexts {
      var list: [UInt32] = []
      for document in context.documents {
        let block = context.block(document)
        let number = numbers[block.fingerprint] ?? UInt32(tokens.count)
        if numbers.updateValue(number, forKey: block.fingerprint) == nil {
          tokens.append(block.tokens)
        }
        list.append(number)
      }
      lists.append(list)
    }
    var batch = RequestBatch(tokens: tokens)
    for list in lists { batch.append(Self.unique(list)) }
    let schedule = OfflineScheduler(cacheModel: cacheModel).schedule(batch)
    self.contexts = schedule.sequence.map { number in
      (number, Self.places(schedule.orders[number], in: lists[number]))
    }
  }

  /// The numbers, each once.
  private static func unique(_ list: [UInt32]) -> [UInt32] {
    var seen: Set<UInt32> = []
    return list.filter { seen.insert($0).inserted }
  }

  /// The places of documents in an order; one that a context has twice stays there twice.
  private static func places(_ order: ArraySlice<UInt32>, in list: [UInt32]) -> [Int] {
    var places: [UInt32: [Int]] = [:]
    for (place, number) in list.enumerated() { places[number, default: []].append(place) }
    return order.flatMap { places[$0] ?? [] }
  }

  /// The contexts that begin with the same document, one group behind the other.
  static func groups(_ contexts: [[ContextDocument]]) -> [[Int]] {
    var groups: [[Int]] = []
    for (place, documents) in contexts.enumerated() {
      if let last = groups.last?.last, let first = documents.first?.fingerprint,
        contexts[last].first?.fingerprint == first
      {
        groups[groups.count - 1].append(place)
      } else {
        groups.append([place])
      }
    }
    return groups
  }
}
