/// The simulated caches written to be read: the twins of what `CacheSimulation` does fast.
enum PlainCaches {
  /// The hits of prompts in a cache of pages: the pages in a list, the least recently used first, each with
  /// all tokens up to its end. The end of a prompt is put there before its start.
  static func paged(
    _ prompts: [[UInt32]], outputs: [[UInt32]] = [], page: Int, capacity: Int?
  ) -> [Int] {
    var list: [[UInt32]] = []
    return prompts.enumerated().map { index, prompt in
      var hits = 0
      while hits + page < prompt.count, list.contains(Array(prompt.prefix(hits + page))) {
        hits += page
      }
      let kept = prompt + (index < outputs.count ? outputs[index].dropLast() : [])
      for end in stride(from: page, through: kept.count, by: page).reversed() {
        let prefix = Array(kept.prefix(end))
        list.removeAll { $0 == prefix }
        list.append(prefix)
      }
      if let capacity { list.removeFirst(max(0, list.count - capacity / page)) }
      return hits
    }
  }

  /// The hits in a cache that keeps all, token by token.
  static func radix(_ prompts: [[UInt32]]) -> [Int] {
    prompts.indices.map { index in
      let common = prompts[..<index].map { zip($0, prompts[index]).prefix { $0 == $1 }.count }
      return min(common.max() ?? 0, max(prompts[index].count - 1, 0))
    }
  }

  /// A prompt with its marks.
  struct Marked {
    var tokens: [UInt32]
    var breakpoints: [Int]
    var blockEnds: [Int]
    var time: Double
  }

  /// The hits in a cache that keeps marked prefixes, by their tokens, with the time of the last use.
  static func breakpoints(
    _ prompts: [Marked], limit: Int, lookback: Int, timeToLive: Double
  ) -> [Int] {
    var used: [[UInt32]: Double] = [:]
    return prompts.map { prompt in
      let marks = prompt.breakpoints.suffix(limit)
      var hit = 0
      for mark in marks {
        let places = [mark] + prompt.blockEnds.filter { $0 < mark }.suffix(lookback - 1)
        for place in places {
          let time = used[Array(prompt.tokens.prefix(place))] ?? -.infinity
          if prompt.time - time <= timeToLive { hit = max(hit, place) }
        }
      }
      for place in marks + [hit] where place > 0 {
        used[Array(prompt.tokens.prefix(place))] = prompt.time
      }
      return min(hit, prompt.tokens.count - 1)
    }
  }

  /// The hits in slots: the one with the most in common, if that is more than a tenth; else the oldest.
  static func slots(_ prompts: [[UInt32]], count: Int, capacity: Int?) -> [Int] {
    var slots = Array(repeating: (tokens: [UInt32](), use: 0), count: count)
    return prompts.enumerated().map { index, prompt in
      let common = slots.map { zip($0.tokens, prompt).prefix { $0 == $1 }.count }
      let best = common.max() ?? 0
      let oldest = slots.indices.min { slots[$0].use < slots[$1].use } ?? 0
      let slot = best * 10 > prompt.count ? common.firstIndex(of: best) ?? 0 : oldest
      slots[slot] = (Array(prompt.prefix(capacity.map { $0 / count } ?? .max)), index + 1)
      return min(common[slot], max(prompt.count - 1, 0))
    }
  }
}
