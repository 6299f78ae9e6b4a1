internal import Bytes
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOPosix
internal import OrderedJSON

/// ContextPilot's endpoints: its Python client and the hooks in engines call them.
struct ContextPilotEndpoints: ServerEndpoints {
  let service: ContextPilotService
  let metrics: ServerMetrics

  private typealias Answer =
    @Sendable (ContextPilotRequest, Tenant) throws(ContextPilotError) -> JSONValue

  func add(to routes: ServerRoutes) {
    let service = service
    for path in ["reorder", "build"] as [RouterPath] {
      post(path, routes.ours) { request, tenant throws(ContextPilotError) in
        try service.reorder(request, of: tenant)
      }
    }
    post("schedule", routes.ours) { request, tenant throws(ContextPilotError) in
      try service.reorder(request, of: tenant, remembers: false)
    }
    post("deduplicate", routes.ours, service.deduplicate)
    post("search", routes.ours, service.search)
    post("insert", routes.ours, service.insert)
    post("update", routes.ours, service.update)
    post("evict", routes.ours, service.evict)
    post("reset", routes.admin) { _, tenant in service.reset(of: tenant) }
    let metrics = metrics
    routes.ours.get("metrics/ttft") { request, _ in
      let count = request.uri.queryParameters["last"].flatMap { Int($0) } ?? 0
      return Self.response(ContextPilotReply.firstTokenTimes(metrics, last: count))
    }
    routes.admin.post("metrics/ttft/reset") { _, _ in
      metrics.resetFirstTokenTimes()
      return Self.response(.object(["status": .string("ok")]))
    }
    routes.ours.get("requests") { request, _ in
      Self.response(service.requests(of: Tenant(request.headers)))
    }
    routes.ours.get("stats") { request, _ in
      Self.response(service.stats(of: Tenant(request.headers)))
    }
  }

  private func post(
    _ path: RouterPath, _ group: RouterGroup<ServerRequestContext>, _ answer: @escaping Answer
  ) {
    group.post(path) { request, _ in
      let tenant = Tenant(request.headers)
      var body: [UInt8] = []
      for try await part in request.body { body += part.readableBytesView }
      // Many contexts take long: not on a thread that others wait for.
      let bytes = body
      return await Self.result {
        try await NIOThreadPool.singleton.runIfActive {
          Self.response(try answer(try ContextPilotRequest(bytes), tenant))
        }
      }
    }
  }

  private static func result(_ work: () async throws -> Response) async -> Response {
    do {
      return try await work()
    } catch let error as ContextPilotError {
      return response(error)
    } catch {
      return response(
        ContextPilotError("the server is stopping", status: .serviceUnavailable))
    }
  }

  private static func response(_ error: ContextPilotError) -> Response {
    var response = response(error.json)
    response.status = error.status
    return response
  }

  private static func response(_ value: JSONValue) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.write(value))))
  }
}
