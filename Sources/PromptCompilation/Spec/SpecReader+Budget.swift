internal import OrderedJSON

extension SpecReader {
  /// The most tokens that a budget can name.
  private static let budgetLimit = 1_000_000_000

  /// A number of tokens, or an object.
  mutating func budget(_ node: JSONNode) -> Policy.Budget? {
    var budget = Policy.Budget()
    budget.offset = node.offset
    if case .number = node.value {
      budget.tokens = integer(node, "\"budget\"", in: 1...Self.budgetLimit)
      return budget
    }
    guard let members = object(node, "\"budget\"", keys: ["tokens", "reserve", "on_overflow"])
    else { return nil }
    for member in members {
      let what = "\"\(member.key)\""
      switch member.key {
      case "tokens": budget.tokens = integer(member.node, what, in: 1...Self.budgetLimit)
      case "reserve": budget.reserve = integer(member.node, what, in: 0...Self.budgetLimit)
      case "on_overflow":
        let overflow = choice(member.node, what, Policy.Budget.Overflow.self)
        budget.overflow = overflow ?? budget.overflow
      default: break
      }
    }
    return budget
  }
}
