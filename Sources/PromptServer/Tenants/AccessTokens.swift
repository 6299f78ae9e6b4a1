internal import HTTPTypes

/// The bearer tokens that open something.
struct AccessTokens: Sendable {
  private let tokens: [[UInt8]]

  init(_ tokens: [String]) {
    self.tokens = tokens.map { Array($0.utf8) }
  }

  /// Whether there are none, so that all may come.
  var isEmpty: Bool { tokens.isEmpty }

  /// Whether a request with these headers may come.
  func admit(_ fields: HTTPFields) -> Bool {
    guard !tokens.isEmpty else { return true }
    var borne = fields[.authorization].map { Self.bearer($0) } ?? nil
    if borne == nil {
      borne = HTTPField.Name("x-api-key").flatMap { fields[$0] }.map { Array($0.utf8) }
    }
    guard let borne else { return false }
    return tokens.contains { Self.equals($0, borne) }
  }

  private static func bearer(_ value: String) -> [UInt8]? {
    let bytes = Array(value.utf8)
    guard bytes.count > 7, value.prefix(7).lowercased() == "bearer " else { return nil }
    return Array(bytes.dropFirst(7))
  }

  /// Compares in a time that does not tell how much is alike.
  private static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
