/// What `lint` looks for, by the number under which `docs/rules` describes it.
public enum LintRule: String, Sendable, CaseIterable {
  case date = "CPC001"
  case identifier = "CPC002"
  case host = "CPC003"
  case randomText = "CPC004"
  case counter = "CPC005"
  case variable = "CPC006"
  case unstableBoundary = "CPC007"
  case controlToken = "CPC008"
  case toolOrder = "CPC009"
  case keyOrder = "CPC010"
  case trimmedSpace = "CPC011"
  case positionalLabels = "CPC012"
  case rewrittenHistory = "CPC013"
  case templateDate = "CPC014"
  case shortHead = "CPC015"
  case breakpoints = "CPC016"

  /// What it is about, in one sentence.
  public var summary: String {
    switch self {
    case .date: "A date or a time stands in the head of the prompt."
    case .identifier: "A UUID or the id of a request, a session or a user stands in the head."
    case .host: "A host name or an IP address stands in the head."
    case .randomText: "Random-looking text stands in the head."
    case .counter: "A counter stands in the head."
    case .variable: "The head has a variable that differs from request to request."
    case .unstableBoundary: "What follows a part of the head changes its last tokens."
    case .controlToken: "A text holds a control token of the model."
    case .toolOrder: "The tools are not in the order of their names."
    case .keyOrder: "The keys of the tools stand in different orders."
    case .trimmedSpace: "The chat template trims white space of the system text."
    case .positionalLabels: "The ids of the blocks are their positions."
    case .rewrittenHistory: "The chat template changes earlier messages when the user goes on."
    case .templateDate: "The chat template prints the date."
    case .shortHead: "The head is shorter than what the provider caches."
    case .breakpoints: "There are more cache breakpoints than the provider allows."
    }
  }
}
