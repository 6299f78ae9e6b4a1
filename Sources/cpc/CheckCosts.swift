import Bytes
import PromptCompilation

/// What it costs that requests do not find a locked prefix any more.
struct CheckCosts {
  /// The requests of a day; nil if no cost is asked for.
  let requestsPerDay: Int?
  /// The prices; nil if no cost is asked for.
  let prices: PriceList?
  private let name: ByteString?

  init(_ options: CostOptions, _ prices: PriceList?) {
    requestsPerDay = options.requestsPerDay
    self.prices = prices
    name = options.priceOf.map { ByteString($0) }
  }

  /// The tokens that a day of requests computes again; nil if no number of requests is given.
  func tokensPerDay(_ difference: HeadDifference) -> Int? {
    requestsPerDay.map { $0.multipliedReportingOverflow(by: difference.lostTokens).partialValue }
  }

  /// What a day costs more, and by whose price; nil if it is not known.
  func pricePerDay(_ difference: HeadDifference) -> (amount: Double, model: ByteString)? {
    guard let requestsPerDay,
      let entry = prices?.entry(named: name ?? difference.model)
    else { return nil }
    return (entry.loss(of: difference.lostTokens) * Double(requestsPerDay), entry.name)
  }

  /// The cost in words.
  func text(_ difference: HeadDifference) -> String {
    guard let requestsPerDay, let tokens = tokensPerDay(difference) else {
      return
        "1,000,000 requests compute \(Self.grouped(difference.lostTokens)) million tokens again "
        + "(--requests-per-day N gives the cost)"
    }
    let work =
      "\(Self.grouped(requestsPerDay)) requests a day compute \(Self.grouped(tokens)) tokens again"
    guard let prices else { return work }
    guard let price = pricePerDay(difference) else {
      return work + "; no price of \(difference.model) is known (--price-of NAME, --prices FILE)"
    }
    return work
      + ": \(Self.amount(price.amount)) \(prices.currency) a day at the prices of \(price.model) of "
      + "\(prices.date)"
  }

  /// An amount with two decimals; more where it is small.
  static func amount(_ value: Double) -> String {
    let decimals = value < 0.1 ? 4 : 2
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * Double(scale)).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let units = Int(scaled)
    let fraction = String(units % scale)
    return "\(grouped(units / scale))."
      + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
  }

  /// A number with commas between groups of three digits.
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var result: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(UInt8(ascii: ",")) }
      result.append(digit)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
