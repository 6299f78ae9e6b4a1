/// A hosted service that requests can be passed on to.
public enum CloudProvider: String, Sendable, CaseIterable {
  case anthropic
  case openai
  case minimax

  /// Where it is.
  var upstream: UpstreamURL? {
    switch self {
    case .anthropic: try? UpstreamURL("https://api.anthropic.com")
    case .openai: try? UpstreamURL("https://api.openai.com")
    case .minimax: try? UpstreamURL("https://api.minimax.io")
    }
  }
}

/// The operator's key for the upstream. Requests bear it in place of the client's.
public struct UpstreamKey: Sendable {
  /// The name of the header that carries it.
  let header: String
  /// The value of that header.
  let value: String

  /// Makes the key of a provider.
  public init(_ provider: CloudProvider, key: String) {
    header = provider == .anthropic ? "x-api-key" : "authorization"
    value = provider == .anthropic ? key : "Bearer \(key)"
  }
}

extension UpstreamKey: CustomStringConvertible {
  /// The name of the header, without the key.
  public var description: String { "\(header): ..." }
}
