/// The text of a setting, and who gave it.
struct SettingValue {
  /// What was given, such as `8765`; several values are separated by commas.
  var text: String
  /// Where: `--port`, `CPC_PORT`, `serve.yaml:3:7: port`.
  var origin: String

  /// An error about it.
  func fault(_ message: String) -> ConfigurationError {
    ConfigurationError("\(origin): \(message)")
  }

  /// A number of a range.
  func integer(in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw fault("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number of seconds, `0.5`.
  func seconds() throws(ConfigurationError) -> Duration {
    guard let value = Double(text), value > 0, value <= 86_400 else {
      throw fault("must be a number of seconds, more than 0 and at most 86400")
    }
    return .milliseconds(Int64((value * 1000).rounded(.up)))
  }

  /// Yes or no.
  func boolean() throws(ConfigurationError) -> Bool {
    switch text.lowercased() {
    case "1", "true", "yes", "on": return true
    case "0", "false", "no", "off": return false
    default: throw fault("must be true or false")
    }
  }

  /// One of some words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type
  ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text.lowercased()) else {
      throw fault("must be \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// The words between commas.
  var list: [String] {
    text.split(separator: ",").map { word in
      let trimmed = word.drop { $0 == " " }
      return String(
        trimmed.prefix(
          upTo: trimmed.lastIndex { $0 != " " }.map(trimmed.index(after:)) ?? trimmed.startIndex))
    }.filter { !$0.isEmpty }
  }
}
