internal import AsyncHTTPClient
internal import Bytes
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// The HTTP service: a proxy in front of an engine, and endpoints of our own.
///
/// ```swift
/// let server = try PromptServer(configuration)
/// try await server.runUntilSignal()  // until SIGTERM or SIGINT; requests that have begun finish
/// ```
public struct PromptServer: Service {
  /// How it runs.
  public let configuration: ServerConfiguration
  /// What it counts.
  public let metrics = ServerMetrics()
  private let logger: Logger
  private let rewriter: (any RequestRewriting)?
  private let prompts: PromptRewriter?
  private let following: EngineFollowing?
  private let endpoints: [any ServerEndpoints]
  private let lifetime = ServerLifetime()
  private let log = RequestLog()
  private let onRunning: @Sendable (Int) -> Void

  /// Makes a server.
  ///
  /// - Parameters:
  ///   - rewriter: changes prompts in place of what the configuration's mode does.
  ///   - endpoints: endpoints beside `/health`, `/ready` and `/metrics`.
  ///   - logger: nil writes to standard error as the configuration says.
  ///   - onRunning: is called with the port when the server listens.
  /// - Throws: `ConfigurationError` if the model or the index cannot be used. `run` throws it too, if an endpoint
  ///   cannot.
  public init(
    _ configuration: ServerConfiguration, rewriter: (any RequestRewriting)? = nil,
    endpoints: [any ServerEndpoints] = [], logger: Logger? = nil,
    onRunning: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(ConfigurationError) {
    self.configuration = configuration
    self.endpoints = endpoints
    self.onRunning = onRunning
    self.logger =
      logger
      ?? Logger(label: "cpc") { _ in
        LineLogHandler(level: configuration.logLevel, format: configuration.logFormat)
      }
    following = EngineFollowing(configuration, logger: self.logger)
    prompts =
      rewriter == nil
      ? try PromptRewriter(
        configuration, metrics: metrics, following, logger: self.logger) : nil
    self.rewriter = rewriter ?? prompts
  }

  /// Runs until the process is told to stop by SIGTERM or SIGINT. Requests that have begun finish, for as long as
  /// the configuration allows.
  public func runUntilSignal() async throws {
    var group = ServiceGroupConfiguration(
      services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
    group.maximumGracefulShutdownDuration = configuration.limits.shutdown
    do {
      try await ServiceGroup(configuration: group).run()
    } catch is CancellationError {
      logger.warning("stopped before all requests were answered")
    }
  }

  /// Runs until the surrounding service group shuts down, or the task is cancelled.
  public func run() async throws {
    for notice in configuration.notices { logger.notice("\(notice)") }
    if !configuration.isLoopback, configuration.tokens.isEmpty {
      logger.warning("anyone who reaches this address can use the server: no token is asked for")
    }
    let eventLoopGroup = MultiThreadedEventLoopGroup.singleton
    let upstream = configuration.upstream.map {
      Upstream($0, limits: configuration.limits, eventLoopGroup: eventLoopGroup)
    }
    let exporter = configuration.traces.map {
      SpanExporter($0, on: eventLoopGroup, metrics, logger)
    }
    if let exporter {
      logger.info("sending spans", metadata: ["collector": "\(exporter.url)"])
      exporter.start()
    }
    let handler = RequestHandler(
      router: router(), proxy: proxy(upstream), metrics: metrics, log: log,
      mode: configuration.mode, logger: logger, tracer: exporter.map(tracer))
    let server = try server(handler, on: eventLoopGroup)
    let lifetime = lifetime
    do {
      try following?.start()
      try await withGracefulShutdownHandler {
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoopGroup)) {
          try await server.run()
        }
      } onGracefulShutdown: {
        lifetime.stop()
      }
    } catch {
      await close(upstream, exporter)
      guard let fault = error as? IOError else { throw error }
      throw ConfigurationError(
        "cannot listen at \(configuration.host):\(configuration.port): \(fault)")
    }
    await close(upstream, exporter)
  }

  private func close(_ upstream: Upstream?, _ exporter: SpanExporter?) async {
    lifetime.stop()
    await prompts?.close()
    // Behind what counts prompts, which spans wait for.
    await exporter?.stop()
    following?.stop()
    // All requests have ended; what is left are unused connections.
    try? await upstream?.client.shutdown()
    logger.info("stopped")
  }

  private func tracer(_ exporter: SpanExporter) -> RequestTracer {
    RequestTracer(
      exporter: exporter, mode: configuration.mode, upstream: configuration.upstream,
      provider: configuration.cloudProvider,
      sampling: configuration.traces?.sampling ?? TraceSampling())
  }

  private func proxy(_ upstream: Upstream?) -> ProxyService {
    ProxyService(
      upstream: upstream, key: configuration.upstreamKey,
      access: AccessTokens(configuration.tokens), limits: configuration.limits,
      pipeline: RewritePipeline(
        rewriter: rewriter, mode: configuration.mode, limit: configuration.limits.rewrite,
        metrics: metrics, cacheSalt: configuration.cacheSalt, following: following),
      metrics: metrics, gate: ConcurrencyGate(limit: configuration.limits.concurrency),
      readsText: configuration.model != nil && configuration.cloudProvider == nil,
      cloudCache: configuration.mode == .observe
        ? nil : configuration.cloudProvider.map { CloudCacheField(provider: $0) },
      passesWebSockets: configuration.mode == .observe
        || ControlTokenStep(configuration.controlTokens) == nil)
  }

  private func router() -> RouterResponder<ServerRequestContext> {
    let router = Router(
      context: ServerRequestContext.self, options: .autoGenerateHeadEndpoints)
    let tokens = AccessTokens(configuration.tokens)
    let adminTokens = AccessTokens(configuration.adminTokens)
    let limits = configuration.limits
    let body = BodyMiddleware(
      reader: WholeBodyReader(timeLimit: limits.request, metrics: metrics), limit: limits.body)
    func group(_ tokens: AccessTokens) -> RouterGroup<ServerRequestContext> {
      router.group().add(middleware: TokenMiddleware(tokens: tokens, metrics: metrics))
        .add(middleware: body)
    }
    let routes = ServerRoutes(
      open: router.group().add(middleware: body), ours: group(tokens),
      admin: group(adminTokens.isEmpty ? tokens : adminTokens))
    let status = StatusEndpoints(
      configuration: configuration, metrics: metrics, lifetime: lifetime, rewriter: prompts,
      following: following, log: log)
    let contexts = ContextPilotEndpoints(
      service: ContextPilotService(configuration, beside: prompts), metrics: metrics)
    for group in [status, contexts] + endpoints as [any ServerEndpoints] { group.add(to: routes) }
    return router.buildResponder()
  }

  private func server(
    _ handler: RequestHandler, on eventLoopGroup: any EventLoopGroup
  ) throws -> any Service {
    let metrics = metrics
    let logger = logger
    let onRunning = onRunning
    let lifetime = lifetime
    let limits = configuration.limits
    let builder = HTTPServerBuilder { responder in
      ClientChannel(
        responder: responder, headerLimit: limits.header,
        // A connection that sends nothing, or a head that never ends; bodies have a limit of their own.
        idleTime: limits.request + .seconds(5),
        connection: {
          ClientConnection(isStopping: { lifetime.isStopping }) {
            metrics.add(to: .rejected, "header")
          }
        })
    }
    return try builder.buildServer(
      configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
      eventLoopGroup: eventLoopGroup, logger: quiet,
      responder: { request, writer, channel in
        try await handler.respond(to: request, writer, on: channel)
      },
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        logger.info(
          "listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
        onRunning(port)
      })
  }

  /// The log of what the libraries below say, which repeats what we say.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(quiet.logLevel, .warning)
    return quiet
  }
}

extension PromptServer: CustomStringConvertible {
  /// The name alone: libraries log the services that they run, and the configuration has secrets.
  public var description: String { "PromptServer" }
}

/// Whether the server is about to stop.
final class ServerLifetime: Sendable {
  private let state: Mutex<Bool> = Mutex(false)

  /// Whether it is.
  var isStopping: Bool { state.withLock { $0 } }

  /// Notes that it is.
  func stop() {
    state.withLock { $0 = true }
  }
}
