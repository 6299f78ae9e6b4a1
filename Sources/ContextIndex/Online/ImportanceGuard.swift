/// Bounds how far an order may move blocks from their places in the order of importance.
public struct ImportanceGuard: Hashable, Sendable {
  /// The most places that a block may move, towards the start or the end; nil for any.
  public var displacement: Int?
  /// How many of the most important blocks stand first, most important first.
  public var first: Int
  /// How many of the most important blocks stand last, the most important at the very end.
  public var last: Int

  /// Makes a guard; without arguments it bounds nothing.
  public init(displacement: Int? = nil, first: Int = 0, last: Int = 0) {
    self.displacement = displacement.map { max($0, 0) }
    self.first = max(first, 0)
    self.last = max(last, 0)
  }

  /// Whether every order is allowed.
  public var isFree: Bool { displacement == nil && first == 0 && last == 0 }

  /// Returns the allowed order that is nearest to `order`, from the start on.
  ///
  /// - Parameter order: places in the order of importance, 0 the most important: a permutation.
  public func applied(to order: [Int]) -> [Int] {
    guard !isFree else { return order }
    let first = min(first, order.count)
    let last = min(last, order.count - first)
    let kept = order.filter { $0 >= first + last }
    let body =
      displacement.map { Self.bounded(kept, from: first + last, at: first, by: $0) } ?? kept
    return Array(0..<first) + body + (first..<(first + last)).reversed()
  }

  /// The sum over all blocks of how many places they moved.
  public static func totalDisplacement(of order: [Int]) -> Int {
    order.enumerated().reduce(0) { $0 + abs($1.offset - $1.element) }
  }

  /// The most places that a block moved.
  public static func largestDisplacement(of order: [Int]) -> Int {
    order.enumerated().reduce(0) { max($0, abs($1.offset - $1.element)) }
  }

  /// Lays out blocks so that none moves more than `bound` places among them: at each place the next block
  /// of `order` that may stand so early, unless another must stand here at last.
  private static func bounded(
    _ order: [Int], from lowest: Int, at start: Int, by bound: Int
  ) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(order.count)
    var isPlaced = Array(repeating: false, count: order.count)
    // Blocks with ranks below this are placed.
    var due = 0
    var next = 0
    for place in order.indices {
      while due < order.count, isPlaced[due] { due += 1 }
      while next < order.count, isPlaced[order[next] - lowest] { next += 1 }
      var chosen = due
      if due + bound > place {
        var candidate = next
        while candidate < order.count {
          let rank = order[candidate] - lowest
          if !isPlaced[rank], rank <= place + bound {
            chosen = rank
            break
          }
          candidate += 1
        }
      }
      isPlaced[chosen] = true
      result.append(chosen + lowest)
    }
    return result
  }
}
