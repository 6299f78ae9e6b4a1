internal import AsyncHTTPClient
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The engine or service that requests are passed on to, and the connections to it.
struct Upstream: Sendable {
  let url: UpstreamURL
  let client: HTTPClient
  let timeLimit: Duration
  /// What encrypts connections beside those of the client; nil if none is.
  let security: UpstreamSecurity?

  /// How long an unused connection is kept; shorter than engines do, so that they do not close one just when
  /// a request is sent (gunicorn 2 s; uvicorn, as with vLLM, and llama.cpp 5 s). Hosted services keep theirs for
  /// minutes, and a new one takes more round trips.
  private static func idleTime(_ url: UpstreamURL) -> TimeAmount {
    url.isSecure ? .seconds(30) : .seconds(1)
  }

  init(_ url: UpstreamURL, limits: ServerLimits, eventLoopGroup: any EventLoopGroup) {
    self.url = url
    timeLimit = limits.upstream
    security = url.isSecure ? UpstreamSecurity(host: url.host) : nil
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = .seconds(10)
    configuration.timeout.read = TimeAmount(limits.upstream)
    configuration.connectionPool.idleTimeout = Self.idleTime(url)
    // None has to wait for another.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
      limits.concurrency + 64
    configuration.connectionPool.retryConnectionEstablishment = false
    // The services that are reached by TLS keep what they say they keep, and a connection to them is dear.
    let closesBehindStreams = !url.isSecure
    configuration.http1_1ConnectionDebugInitializer = { channel in
      let restores = TargetRestorer.add(to: channel)
      guard closesBehindStreams else { return restores }
      return restores.flatMap { StreamConnectionCloser.add(to: channel) }
    }
    client = HTTPClient(
      eventLoopGroupProvider: .shared(eventLoopGroup), configuration: configuration)
  }

  /// Sends a request and returns the head of the reply, whose body comes as it is read.
  func send(
    _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders, _ body: HTTPClientRequest.Body?
  ) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url.description)
    request.method = method
    request.headers = headers
    request.headers.replaceOrAdd(name: TargetRestorer.field, value: url.target(of: target))
    request.body = body
    do {
      return try await client.execute(request, timeout: TimeAmount(timeLimit))
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      // An unused connection that was just closed. What reads alone may be asked twice (RFC 9110, 9.2.2).
      guard body == nil, method == .GET || method == .HEAD else { throw error }
      return try await client.execute(request, timeout: TimeAmount(timeLimit))
    }
  }

  /// What the client is told where there was no reply.
  static func reply(to error: any Error) -> ErrorReply {
    if error is HTTPParserError {
      return ErrorReply(
        status: .badGateway, message: "what the upstream answered is no HTTP",
        code: "upstream_malformed")
    }
    guard let known = error as? HTTPClientError else {
      return ErrorReply(
        status: .badGateway, message: "cpc cannot reach the upstream: \(Self.reason(error))",
        code: "upstream_unreachable")
    }
    switch known {
    case .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout,
      .writeTimeout:
      return ErrorReply(
        status: .gatewayTimeout, message: "the upstream did not answer in time",
        code: "upstream_timeout")
    default:
      return ErrorReply(
        status: .badGateway, message: "the upstream gave no reply: \(known.shortDescription)",
        code: "upstream_failed")
    }
  }

  /// Whether a request that ended so may have reached the upstream.
  static func isReached(_ error: any Error) -> Bool {
    guard let known = error as? HTTPClientError else { return !(error is NIOConnectionError) }
    return known != .connectTimeout && known != .getConnectionFromPoolTimeout
  }

  /// The error without what stands in the request.
  private static func reason(_ error: any Error) -> String {
    error is NIOConnectionError ? "no connection" : "\(type(of: error))"
  }
}
