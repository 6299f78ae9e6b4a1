import ArgumentParser
import Bytes

/// The size of a cache in tokens: `500000`, `500k`, `2M`, or `unlimited`.
struct CacheSize: Hashable, Comparable, ExpressibleByArgument, CustomStringConvertible {
  /// The tokens that it keeps; nil if it keeps all.
  let tokens: Int?

  static let unlimited = CacheSize(tokens: nil)

  init(tokens: Int?) {
    self.tokens = tokens
  }

  /// Reads the form that `description` writes; nil for another one.
  init?(argument: String) {
    guard argument != "unlimited" else {
      self = .unlimited
      return
    }
    var digits = Array(argument.utf8)
    var unit = 1
    switch digits.last {
    case UInt8(ascii: "k"): unit = 1000
    case UInt8(ascii: "M"): unit = 1_000_000
    default: break
    }
    if unit > 1 { digits.removeLast() }
    guard !digits.isEmpty, digits.count <= 12,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int(String(decoding: digits, as: UTF8.self)), number > 0
    else { return nil }
    tokens = number * unit
  }

  var description: String {
    guard let tokens else { return "unlimited" }
    if tokens % 1_000_000 == 0 { return "\(tokens / 1_000_000)M" }
    return tokens % 1000 == 0 ? "\(tokens / 1000)k" : String(tokens)
  }

  /// Smaller caches first, unlimited ones last.
  static func < (left: CacheSize, right: CacheSize) -> Bool {
    (left.tokens ?? .max) < (right.tokens ?? .max)
  }
}
