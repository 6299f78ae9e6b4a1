import Glibc

/// Where sizes of caches stand on a logarithmic scale, with a place for an unlimited one behind it.
struct SizeAxis {
  /// A mark of the scale.
  struct Tick {
    let size: CacheSize
    let isLabelled: Bool
  }

  private let left: Double
  private let right: Double
  private let hasUnlimited: Bool
  /// The smallest and the largest size, as logarithms to the base 10.
  private let lowest: Double
  private let highest: Double

  /// The room for an unlimited cache.
  private static let unlimitedWidth = 72.0

  init(sizes: [CacheSize], left: Double, right: Double) {
    let limited = sizes.compactMap(\.tokens).map { log10(Double($0)) }
    hasUnlimited = sizes.contains(.unlimited)
    self.left = left
    self.right = right
    // One size alone has the scale around it.
    let (least, most) = (limited.min() ?? 4, limited.max() ?? 6)
    lowest = least < most ? least : least - 1
    highest = least < most ? most : most + 1
  }

  /// The coordinate of a size.
  func place(of size: CacheSize) -> Double {
    guard let tokens = size.tokens else { return right }
    let end = hasUnlimited ? right - Self.unlimitedWidth : right
    return left + (end - left) * (log10(Double(tokens)) - lowest) / (highest - lowest)
  }

  /// A mark at 1, 2 and 5 times each power of ten, all with their size where there are few, else the powers.
  var ticks: [Tick] {
    var sizes: [Int] = []
    for power in Int(lowest.rounded(.down))...Int(highest.rounded(.up)) {
      let unit = (0..<max(power, 0)).reduce(1) { product, _ in product * 10 }
      sizes += [unit, 2 * unit, 5 * unit].filter {
        let logarithm = log10(Double($0))
        return logarithm >= lowest - 1e-9 && logarithm <= highest + 1e-9
      }
    }
    let showsAll = sizes.count <= 9
    var seen: Set<Int> = []
    let ticks = sizes.filter { seen.insert($0).inserted }.map { size in
      Tick(
        size: CacheSize(tokens: size),
        isLabelled: showsAll
          || String(size).utf8.dropFirst().allSatisfy { $0 == 0x30 }
            && String(size).utf8.first == 0x31
      )
    }
    return ticks + (hasUnlimited ? [Tick(size: .unlimited, isLabelled: true)] : [])
  }
}
