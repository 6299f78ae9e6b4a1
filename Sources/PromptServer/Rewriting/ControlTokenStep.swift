internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// Escapes or refuses what the model would read as a special token of its own in the texts of a body.
struct ControlTokenStep: BodyStep {
  private let isRefusing: Bool
  /// The most tokens that a refusal tells the places of.
  private static let shownPlaces = 20

  /// Makes the step; nil if all is to stay.
  init?(_ policy: Policy.ControlTokens?) {
    guard let policy, policy != .keep else { return nil }
    isRefusing = policy == .error
  }

  var isOptional: Bool { false }

  func rewrite(
    _ body: [UInt8], of request: PromptRequest, in memory: TenantMemory
  ) throws -> RewrittenRequest? {
    let source = SourceText(name: "request", bytes: body)
    guard !isRefusing else {
      guard let count = try? memory.escaper.count(in: source) else {
        try checkUnknown(body, of: request)
        return nil
      }
      guard count > 0 else { return nil }
      memory.metrics.add(count, to: .controlTokens, "refused")
      let places = try memory.escaper.places(in: source, atMost: Self.shownPlaces)
      throw RewriteRefusal(message: CompilationError(places).description)
    }
    guard let escaped = try? memory.escaper.escape(source) else {
      try checkUnknown(body, of: request)
      return nil
    }
    guard escaped.count > 0 else { return nil }
    memory.metrics.add(escaped.count, to: .controlTokens, "escaped")
    return RewrittenRequest(body: escaped.bytes)
  }

  /// Makes sure that a body whose messages are not found has none that an engine would find.
  private func checkUnknown(
    _ body: [UInt8], of request: PromptRequest
  ) throws(UnreadableBody) {
    // What has no messages is text for the engine, control tokens and all.
    guard request.endpoint != .completions else { return }
    try UnreadableBody.check(body)
  }

  /// Whether a body must not be passed on as it is.
  func applies(
    to body: [UInt8], of request: PromptRequest, _ escaper: ControlTokenEscaper
  ) -> Bool {
    if let count = try? escaper.count(in: SourceText(name: "request", bytes: body)) {
      return count > 0
    }
    return (try? checkUnknown(body, of: request)) == nil
  }
}
