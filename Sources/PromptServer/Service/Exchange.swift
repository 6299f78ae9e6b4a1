internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import Synchronization

/// One request and its reply: what is known of it where it is answered.
final class Exchange: Sendable {
  let context: PromptRequest
  /// Path and query as they came.
  let target: String
  let connection: ClientConnection
  let logger: Logger
  /// When it began.
  let start = ContinuousClock.now
  private let notes: Mutex<Notes> = Mutex(Notes())

  /// What is logged at the end.
  struct Notes {
    var overhead: Duration?
    var bytes: Int?
  }

  init(
    _ context: PromptRequest, target: String, connection: ClientConnection, logger: Logger
  ) {
    self.context = context
    self.target = target
    self.connection = connection
    self.logger = logger
  }

  /// Keeps how long a prompt waited for us, and its length.
  func note(overhead: Duration, bytes: Int) {
    notes.withLock {
      $0.overhead = overhead
      $0.bytes = bytes
    }
  }

  /// What was kept.
  var noted: Notes { notes.withLock { $0 } }

  /// Answers with an error.
  ///
  /// - Returns: the status.
  func refuse(_ error: ErrorReply, _ writer: consuming ResponseWriter) async throws -> Int {
    var response = error.response(isAnthropic: context.endpoint.isAnthropic)
    if let name = RequestID.name { response.headers[name] = context.id }
    try await writer.write(response: response.head, body: response.body)
    if error.closes { throw ConnectionEnds(status: error.status.code) }
    return error.status.code
  }
}

/// A request that was answered, and whose connection is of no further use.
struct ConnectionEnds: Error {
  let status: Int
}
