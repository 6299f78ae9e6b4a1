internal import Bytes

/// One thing that is done to the body of a prompt.
///
/// Steps run one after another on a thread for computations. Each gets what the one before returned.
protocol BodyStep: Sendable {
  /// Whether a body may be passed on without it: earlier requests, or the time that there is, decide what it does.
  var isOptional: Bool { get }

  /// Returns the changed body; nil if there is nothing to do.
  ///
  /// - Parameters:
  ///   - body: JSON, or what the client sent in its place.
  ///   - request: what is known of the request beside.
  ///   - memory: what is remembered of the tenant.
  /// - Throws: `RewriteRefusal` if the client has to correct the request; anything else passes it on as it came.
  func rewrite(
    _ body: [UInt8], of request: PromptRequest, in memory: TenantMemory
  ) throws -> RewrittenRequest?
}
