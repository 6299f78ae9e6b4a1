public import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// Endpoints of our own that are added to the server.
///
/// ```swift
/// struct IndexEndpoints: ServerEndpoints {
///   func add(to routes: ServerRoutes) {
///     routes.ours.post("reorder") { request, context in ... }
///     routes.admin.post("reset") { request, context in ... }
///   }
/// }
/// ```
public protocol ServerEndpoints: Sendable {
  /// Adds the endpoints. Paths under `/v1` never come here: they are passed on to the upstream.
  func add(to routes: ServerRoutes)
}

/// Where endpoints are added, by who may use them.
public struct ServerRoutes {
  /// For all: what probes and load balancers ask.
  public let open: RouterGroup<ServerRequestContext>
  /// For those who bear one of the tokens, if there are any.
  public let ours: RouterGroup<ServerRequestContext>
  /// For those who bear one of the tokens for endpoints that remove things.
  public let admin: RouterGroup<ServerRequestContext>
}

/// What endpoints know of a request.
public struct ServerRequestContext: RequestContext {
  /// What Hummingbird knows of it.
  public var coreContext: CoreRequestContextStorage
  /// Its client, and where the tasks of the connection run; nil if it came over none.
  var client: (connection: ClientConnection, executor: EventLoopExecutor)?

  /// Makes a context.
  public init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
  }
}

/// Reads the bodies of requests before endpoints see them, so that none waits for a client that sends slowly.
struct BodyMiddleware: RouterMiddleware {
  let reader: WholeBodyReader
  /// The longest body in bytes.
  let limit: Int

  func handle(
    _ request: Request, context: ServerRequestContext,
    next: (Request, ServerRequestContext) async throws -> Response
  ) async throws -> Response {
    guard request.hasBody, let client = context.client else {
      return try await next(request, context)
    }
    var request = request
    do {
      let body = try await reader.read(
        request, limit: limit, from: client.connection, on: client.executor)
      request.body = RequestBody(buffer: ByteBuffer(bytes: body))
    } catch let error as ErrorReply {
      return error.response(isAnthropic: false)
    }
    return try await next(request, context)
  }
}

/// Lets requests in that bear a token.
struct TokenMiddleware: RouterMiddleware {
  let tokens: AccessTokens
  let metrics: ServerMetrics

  func handle(
    _ request: Request, context: ServerRequestContext,
    next: (Request, ServerRequestContext) async throws -> Response
  ) async throws -> Response {
    guard tokens.admit(request.headers) else {
      metrics.add(to: .rejected, "unauthorized")
      var response = ErrorReply(
        status: .unauthorized,
        message: "this endpoint asks for a token: send Authorization: Bearer TOKEN",
        code: "invalid_api_key"
      ).response(isAnthropic: false)
      response.headers[.wwwAuthenticate] = "Bearer"
      return response
    }
    return try await next(request, context)
  }
}
