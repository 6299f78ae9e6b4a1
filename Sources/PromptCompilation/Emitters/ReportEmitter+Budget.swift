internal import OrderedJSON

extension FittedBudget {
  /// What became of the blocks, for the report.
  var json: JSONValue {
    .object([
      "limit": .integer(limit),
      "reserve": .integer(reserve),
      "tokens_of_all": .integer(tokensOfAll),
      "trials": .integer(trialCount),
      "dropped": .array(of: dropped.map(\.json)),
      "truncated": .array(of: truncated.map(\.json)),
    ])
  }
}

extension DroppedBlock {
  fileprivate var json: JSONValue {
    var members = [
      JSONMember("label", JSONNode(.string(label))),
      JSONMember("index", JSONNode(.integer(index))),
      JSONMember("importance_rank", JSONNode(.integer(importanceRank))),
      JSONMember("tokens", JSONNode(.integer(tokens))),
      JSONMember("reason", JSONNode(.string(.init(reason.rawValue)))),
    ]
    if !repeats.isEmpty {
      members.append(JSONMember("repeats", JSONNode(.array(of: repeats.map { .integer($0) }))))
    }
    return .object(members)
  }
}

extension TruncatedBlock {
  fileprivate var json: JSONValue {
    .object([
      "label": .string(label),
      "index": .integer(index),
      "importance_rank": .integer(importanceRank),
      "tokens": .integer(tokens),
      "left_out": .integer(tokensLeftOut),
    ])
  }
}

extension CompiledPrompt {
  /// What is in a report only where it is in the prompt: the annotation and the budget.
  var optionalReportMembers: [JSONMember] {
    var members: [JSONMember] = []
    if let section = seal.sections.first(where: { $0.kind == .annotation }) {
      let annotation = JSONValue.object(["tokens": .integer(section.tokens.count)])
      members.append(JSONMember("annotation", JSONNode(annotation)))
    }
    if let fit { members.append(JSONMember("budget", JSONNode(fit.json))) }
    return members
  }
}
