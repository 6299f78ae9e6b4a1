public import ArgumentParser
public import PromptCompilation

extension OutputFormat: ExpressibleByArgument {
  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension PassSelection: ExpressibleByArgument {
  /// Reads `all`, `none`, or names with commas between them; nil for a pass that is not there.
  public init?(argument: String) {
    switch argument {
    case "all": self = .all
    case "none": self = .none
    default:
      var names: [PassName] = []
      for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = PassName(rawValue: String(word)), name.isAvailable else { return nil }
        names.append(name)
      }
      self = .only(names)
    }
  }
}
