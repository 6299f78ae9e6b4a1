internal import Bytes
internal import OrderedJSON
internal import PromptCompilation
internal import Tokenization

/// Puts in the marks that a hosted service needs to cache what later requests begin with.
struct MarkStep: BodyStep {
  private let service: ByteString
  private let settings: CacheMarkSettings
  private let endpoints: Set<ProxiedEndpoint>

  /// Makes the step for a service; nil for one that is not known to take marks.
  ///
  /// - Parameter isExtended: whether what many requests share is cached for an hour.
  /// - Throws: `ConfigurationError` if what services cache cannot be read.
  init?(_ provider: CloudProvider?, isExtended: Bool) throws(ConfigurationError) {
    switch provider {
    case .anthropic: endpoints = [.messages]
    case .openai: endpoints = [.chatCompletions, .responses]
    case .minimax, nil: return nil
    }
    service = ByteString(provider?.rawValue ?? "")
    settings = CacheMarkSettings(lifetime: isExtended ? "1h" : nil)
    do {
      _ = try marker(nil)
    } catch {
      throw ConfigurationError("cloud-provider: \(error)")
    }
  }

  var isOptional: Bool { true }

  func rewrite(
    _ body: [UInt8], of request: PromptRequest, in memory: TenantMemory
  ) throws -> RewrittenRequest? {
    guard endpoints.contains(request.endpoint),
      try DocumentHeaders(request.fields).isEnabled ?? true
    else { return nil }
    let marked = try memory.mark(
      SourceText(name: "request", bytes: body), request.sent, marker)
    return marked.bytes == body ? nil : RewrittenRequest(body: marked.bytes)
  }

  /// The service's vocabulary is not public: tokens are estimated by another.
  private func marker(_ tokenizer: Tokenizer?) throws(CompilationError) -> CacheMarker {
    try CacheMarker(
      service: service, settings, estimate: try TokenEstimate(tokenizer, isExact: false))
  }
}
