internal import HTTPTypes

/// Makes spans of what was recorded of requests.
///
/// Names of attributes are those of OpenTelemetry's semantic conventions for HTTP and for generative AI, and ours
/// begin with `cpc.`. A request has a span of kind server with what is told of its tokens, and below that one for
/// compiling and one for the call of the upstream, until its reply ended.
struct RequestTracer: Sendable {
  let exporter: SpanExporter
  let mode: ServerConfiguration.Mode
  let upstream: UpstreamURL?
  let provider: CloudProvider?
  let sampling: TraceSampling

  /// Begins to record a request; nil if it is not to be recorded.
  func begin(_ fields: HTTPFields) -> RequestTrace? { RequestTrace(fields, sampling) }

  /// A request that was answered.
  struct Answered: Sendable {
    var id: String
    var endpoint: ProxiedEndpoint
    var method: String
    /// The start of its path.
    let path: String
    /// The tenant's pseudonym.
    var tenant: String
    var status: Int
    var end = ContinuousClock.now
    /// What was noted for the log.
    var noted: Exchange.Notes

    /// The most of a path that is told, in bytes: thousands of spans may wait.
    private static let pathLimit = 256

    init(
      _ context: PromptRequest, method: String, path: Substring, status: Int,
      noted: Exchange.Notes
    ) {
      (id, endpoint) = (context.id, context.endpoint)
      tenant = context.tenant.pseudonym
      self.method = method
      self.path = String(decoding: path.utf8.prefix(Self.pathLimit), as: UTF8.self)
      self.status = status
      self.noted = noted
    }
  }

  /// Takes in that a request was answered. Its spans are made when its prompt is counted.
  func finish(_ trace: RequestTrace, _ request: Answered) {
    exporter.expect()
    let notes = trace.notes
    guard notes.facts != nil || notes.prediction != nil else {
      return exporter.add(spans(trace, request, notes, PromptFacts(), nil))
    }
    Task {
      let facts = await notes.facts?.value ?? PromptFacts()
      exporter.add(spans(trace, request, notes, facts, await notes.prediction?.value))
    }
  }

  private func spans(
    _ trace: RequestTrace, _ request: Answered, _ notes: RequestTrace.Notes, _ facts: PromptFacts,
    _ prediction: PromptPrediction?
  ) -> [Span] {
    // What is noted last is why there was no whole reply, unless that is why the body was not changed.
    let failure = request.noted.reason == notes.failOpen ? nil : request.noted.reason
    var own = Span(
      name: Self.name(of: request, facts), kind: .server, context: trace.own,
      parent: trace.parent?.span, traceState: trace.traceState,
      hasRemoteParent: trace.parent != nil, start: trace.time(of: trace.start),
      end: trace.time(of: request.end))
    describe(&own, request, facts, prediction)
    own.set("cpc.fail_open.reason", notes.failOpen)
    own.set("error.type", failure ?? Self.error(ofStatus: request.status))
    own.isFailed = request.status >= 500
    let compile = notes.compile.map { compileSpan($0, trace, request, notes, failure) }
    let call = notes.upstream.map { upstreamSpan($0, trace, request, notes, facts, failure) }
    return [own, compile, call].compactMap(\.self)
  }

  /// What a status says that is no reply of the upstream's to a fault of the client's.
  private static func error(ofStatus status: Int) -> String? {
    status == 499 ? "client_hung_up" : status >= 500 ? String(status) : nil
  }

  /// `chat MODEL`, or method and route where nothing is generated.
  private static func name(of request: Answered, _ facts: PromptFacts) -> String {
    guard let operation = request.endpoint.operation else {
      return "\(request.method) \(request.endpoint.rawValue)"
    }
    return facts.model.map { "\(operation) \($0)" } ?? operation
  }

  private func describe(
    _ span: inout Span, _ request: Answered, _ facts: PromptFacts, _ prediction: PromptPrediction?
  ) {
    let noted = request.noted
    if let operation = request.endpoint.operation {
      span.set("gen_ai.operation.name", operation)
      span.set(
        "gen_ai.provider.name",
        provider?.rawValue ?? (request.endpoint.isAnthropic ? "anthropic" : "openai"))
      span.set("gen_ai.request.model", facts.model)
      span.set("gen_ai.request.stream", facts.isStreamed.map(Span.Value.bool))
    }
    span.set("gen_ai.usage.input_tokens", noted.usage.promptTokens)
    span.set("gen_ai.usage.output_tokens", noted.usage.generatedTokens)
    span.set("gen_ai.usage.cache_read.input_tokens", noted.usage.cachedTokens)
    span.set("gen_ai.usage.cache_creation.input_tokens", noted.usage.writtenTokens)
    span.set("http.request.method", request.method)
    span.set("http.route", request.endpoint.rawValue)
    span.set("url.path", request.path)
    span.set("url.scheme", "http")
    span.set("http.response.status_code", request.status)
    span.set("http.request.body.size", noted.bytes)
    span.set("cpc.mode", mode.rawValue)
    span.set("cpc.request.id", request.id)
    span.set("cpc.tenant", request.tenant.isEmpty ? nil : request.tenant)
    span.set("cpc.predicted.input_tokens", prediction?.promptTokens)
    span.set("cpc.predicted.cache_read.input_tokens", prediction?.cachedTokens)
    span.set("cpc.saved_tokens", noted.savedTokens)
  }

  private func compileSpan(
    _ stretch: RequestTrace.Stretch, _ trace: RequestTrace, _ request: Answered,
    _ notes: RequestTrace.Notes, _ failure: String?
  ) -> Span {
    var span = Span(
      name: "compile", kind: .internal, context: trace.own.next, parent: trace.own.span,
      traceState: trace.traceState, start: trace.time(of: stretch.start),
      end: trace.time(of: stretch.end ?? request.end))
    span.set("cpc.mode", mode.rawValue)
    span.set("cpc.body.size", request.noted.bytes)
    span.set("cpc.sent_body.size", request.noted.sentBytes)
    span.set("cpc.saved_tokens", request.noted.savedTokens)
    span.set("cpc.fail_open.reason", notes.failOpen)
    // That there was nothing to do is no error.
    let error =
      stretch.end == nil ? failure : notes.failOpen.flatMap { $0 == "not_applicable" ? nil : $0 }
    span.set("error.type", error)
    span.isFailed = error != nil
    return span
  }

  private func upstreamSpan(
    _ stretch: RequestTrace.Stretch, _ trace: RequestTrace, _ request: Answered,
    _ notes: RequestTrace.Notes, _ facts: PromptFacts, _ failure: String?
  ) -> Span {
    var span = Span(
      name: "\(request.method) \(request.endpoint.rawValue)", kind: .client,
      context: trace.upstream, parent: trace.own.span, traceState: trace.traceState,
      start: trace.time(of: stretch.start), end: trace.time(of: stretch.end ?? request.end))
    span.set("http.request.method", request.method)
    span.set("http.response.status_code", notes.upstreamStatus)
    span.set("server.address", upstream?.host)
    span.set("server.port", upstream?.port)
    span.set("url.path", request.path)
    span.set("http.request.body.size", request.noted.sentBytes)
    if let moment = notes.firstByte {
      span.events.append(Span.Event(name: "first_byte", time: trace.time(of: moment)))
      let parts = (moment - stretch.start).components
      let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
      if facts.isStreamed == true {
        span.set("gen_ai.response.time_to_first_chunk", Span.Value.double(seconds))
      }
    }
    let status = notes.upstreamStatus.flatMap { $0 >= 400 ? String($0) : nil }
    span.set("error.type", failure ?? status)
    span.isFailed = failure != nil || status != nil
    return span
  }
}

extension ProxiedEndpoint {
  /// What is asked for, by the names of the semantic conventions where they have one; nil if that is not known.
  var operation: String? {
    switch self {
    case .chatCompletions, .responses, .messages: "chat"
    case .completions: "text_completion"
    case .countTokens: "count_tokens"
    case .other: nil
    }
  }
}
