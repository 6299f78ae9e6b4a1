public import HTTPTypes

/// Changes the bodies of requests on their way to the upstream.
///
/// Whoever implements it can only make requests better: what it throws, and what takes too long, leads to the
/// request being passed on as it came, byte for byte. The exception is `RewriteRefusal`.
public protocol RequestRewriting: Sendable {
  /// Returns the body that is passed on in place of a request's own; nil to pass that on.
  ///
  /// - Parameter body: the body as it came, whatever it is.
  func rewrite(_ context: PromptRequest, body: [UInt8]) async throws -> RewrittenRequest?

  /// Whether a body must not reach the upstream as it came, since it says something that only the rewriter
  /// understands and that would be lost. Such a request is answered with an error if it cannot be rewritten.
  func mustRewrite(_ context: PromptRequest, body: [UInt8]) async -> Bool

  /// Counts the tokens of a prompt that is passed on, and how many of them are likely to be cached; nil if
  /// that cannot be told. The request does not wait for it.
  func measure(_ context: PromptRequest, body: [UInt8]) async -> PromptPrediction?
}

extension RequestRewriting {
  /// No body is of a form of our own.
  public func mustRewrite(_ context: PromptRequest, body: [UInt8]) async -> Bool { false }
  /// Nothing is counted.
  public func measure(_ context: PromptRequest, body: [UInt8]) async -> PromptPrediction? { nil }
}

/// What is known of a request beside its body.
public struct PromptRequest: Sendable {
  /// The name of the request, in logs and replies.
  public var id: String
  /// Where it goes.
  public var endpoint: ProxiedEndpoint
  /// Whose it is.
  public var tenant: Tenant
  /// The fields of its head.
  public var fields: HTTPFields
  /// What is taken for sent of it.
  package var sent = SentPrompt()
  /// How far it is on its way.
  let flight = PromptFlight()
  /// When its prompt is counted.
  let counting = CountingTurn()

  /// Whether its client sends it again under the same name if no reply comes (`Idempotency-Key`): then the upstream is to
  /// get the same body, whatever was sent meanwhile.
  var isRepeatable: Bool { Self.idempotencyKey.map(fields.contains) ?? false }

  private static let idempotencyKey = HTTPField.Name("idempotency-key")

  /// Makes a context.
  public init(
    id: String, endpoint: ProxiedEndpoint, tenant: Tenant, fields: HTTPFields = HTTPFields()
  ) {
    self.id = id
    self.endpoint = endpoint
    self.tenant = tenant
    self.fields = fields
  }
}

/// A body in place of that of a request.
public struct RewrittenRequest: Sendable {
  /// The body that is passed on.
  public var body: [UInt8]
  /// How many tokens fewer the prompt has; 0 if that is not known.
  public var savedTokens = 0
  /// The documents of the body; nil if none stands in another place.
  public var documents: DocumentCounts?
  /// Why the body is that of the request; nil if it is not.
  var reason: String?

  /// Makes a rewritten request.
  public init(body: [UInt8], savedTokens: Int = 0, documents: DocumentCounts? = nil) {
    self.body = body
    self.savedTokens = savedTokens
    self.documents = documents
  }
}

/// How many documents a body has.
public struct DocumentCounts: Hashable, Sendable {
  /// The documents that were found.
  public var found: Int
  /// Those of them that stand in another place than in the request.
  public var moved: Int

  /// Makes counts.
  public init(found: Int, moved: Int) {
    self.found = found
    self.moved = moved
  }
}

/// What is believed of a prompt that is passed on.
public struct PromptPrediction: Hashable, Sendable {
  /// The tokens of the prompt.
  public var promptTokens: Int
  /// How many of them, from the first on, are likely to be cached; nil if that cannot be told.
  public var cachedTokens: Int?

  /// Makes a prediction.
  public init(promptTokens: Int, cachedTokens: Int?) {
    self.promptTokens = promptTokens
    self.cachedTokens = cachedTokens
  }
}

/// A request that its client has to correct: it is not passed on.
public struct RewriteRefusal: Error, Hashable, Sendable {
  /// The status of the reply, 400 to 499.
  public var status: Int
  /// What is wrong, for the client.
  public var message: String

  /// Makes a refusal.
  public init(status: Int = 422, message: String) {
    self.status = status
    self.message = message
  }
}
