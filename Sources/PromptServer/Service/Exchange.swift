internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import Synchronization

/// One request and its reply: what is known of it where it is answered.
final class Exchange: Sendable {
  let context: PromptRequest
  let method: HTTPRequest.Method
  /// Path and query as they came.
  let target: String
  let connection: ClientConnection
  /// Where the tasks of the connection run.
  let executor: EventLoopExecutor
  let logger: Logger
  /// What is recorded for its spans; nil if it has none.
  let trace: RequestTrace?
  /// When it began.
  let start = ContinuousClock.now
  /// The same for people.
  let time = UTCTime.now
  private let notes: Mutex<Notes> = Mutex(Notes())

  /// What is logged at the end.
  struct Notes {
    var overhead: Duration?
    var bytes: Int?
    var sentBytes: Int?
    var savedTokens = 0
    var reason: String?
    var usage = ReportedUsage()
  }
  /// What is believed of its prompt.
  let prediction = NotedPrediction()

  init(
    _ context: PromptRequest, method: HTTPRequest.Method, target: String,
    connection: ClientConnection, on executor: EventLoopExecutor, logger: Logger,
    trace: RequestTrace?
  ) {
    self.context = context
    self.method = method
    self.target = target
    self.connection = connection
    self.executor = executor
    self.logger = logger
    self.trace = trace
  }

  /// Keeps how long a prompt waited for us, and its length as it came and as it is passed on.
  func note(overhead: Duration, bytes: Int, sentBytes: Int) {
    notes.withLock {
      $0.overhead = overhead
      $0.bytes = bytes
      $0.sentBytes = sentBytes
    }
  }

  /// Keeps how many tokens references took out of a prompt, and why its body was passed on as it came.
  func note(savedTokens: Int, reason: String?) {
    notes.withLock {
      $0.savedTokens = savedTokens
      $0.reason = reason
    }
  }

  /// Keeps why there is no whole reply of the upstream's.
  func note(reason: String) {
    notes.withLock { $0.reason = reason }
  }

  /// Keeps what the reply says of its tokens.
  func note(_ usage: ReportedUsage) {
    notes.withLock { $0.usage = usage }
  }

  /// What was kept.
  var noted: Notes { notes.withLock { $0 } }

  /// Answers with an error.
  ///
  /// - Returns: the status.
  func refuse(_ error: ErrorReply, _ writer: consuming ResponseWriter) async throws -> Int {
    note(reason: error.code)
    var response = error.response(isAnthropic: context.endpoint.isAnthropic)
    if let name = RequestID.name { response.headers[name] = context.id }
    // What comes behind a head alone is taken for the next reply.
    if method == .head { response = response.createHeadResponse() }
    try await writer.write(response: response.head, body: response.body)
    if error.closes { throw ConnectionEnds(status: error.status.code) }
    return error.status.code
  }
}

/// A request that was answered, and whose connection is of no further use.
struct ConnectionEnds: Error {
  let status: Int
}
