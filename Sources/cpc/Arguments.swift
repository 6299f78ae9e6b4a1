public import ArgumentParser
internal import Bytes
public import ChatTemplates
public import PromptCompilation
public import TextProcessing

extension OutputFormat: ExpressibleByArgument {
  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension TextComparison: ExpressibleByArgument {
  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension DocumentSettings.Mode: ExpressibleByArgument {
  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension DocumentSettings.Scope: ExpressibleByArgument {
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
        guard let name = PassName(rawValue: String(word)) else { return nil }
        names.append(name)
      }
      self = .only(names)
    }
  }
}

extension TemplateClock: ExpressibleByArgument {
  /// Reads a local date, or a date and time; nil if it is none.
  public init?(argument: String) {
    self.init(ByteString(argument))
  }
}
