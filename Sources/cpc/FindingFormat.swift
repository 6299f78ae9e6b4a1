import ArgumentParser

/// How findings are written.
enum FindingFormat: String, CaseIterable, ExpressibleByArgument {
  /// For people.
  case text
  /// One object.
  case json
  /// SARIF 2.1.0, which code hosts and editors show.
  case sarif
  /// The workflow commands of GitHub Actions, which become annotations.
  case github

  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
