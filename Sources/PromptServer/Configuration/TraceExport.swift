internal import NIOCore

/// Where the spans of requests are sent, with OTLP over HTTP in its JSON form.
public struct TraceExport: Sendable {
  /// The URL that batches are posted to: `http://127.0.0.1:4318/v1/traces`.
  public var url: String
  /// Fields of the head of each post, such as a key of the collector's.
  public var headers: [(name: String, value: String)] = []
  /// The name of the service that the spans are of.
  public var service = "cpc"
  /// What else is known of it: `deployment.environment.name`, ...
  public var attributes: [(name: String, value: String)] = []
  /// Which requests are recorded.
  public var sampling = TraceSampling()
  /// The most spans that wait; those beyond are dropped and counted.
  public var queueLimit = 2_048
  /// The most spans of a post.
  public var batchLimit = 512
  /// How long a span waits for others, in milliseconds.
  public var delayMilliseconds = 5_000

  /// How long the collector may take for a post, in milliseconds.
  public var timeoutMilliseconds = 10_000

  /// The same.
  var timeout: TimeAmount { .milliseconds(Int64(timeoutMilliseconds)) }

  /// How long a span waits for others.
  var delay: TimeAmount { .milliseconds(Int64(delayMilliseconds)) }

  /// Makes settings.
  ///
  /// - Parameter url: as it is, with the path that the collector listens at.
  public init(url: String) {
    self.url = url
  }
}

extension TraceExport: CustomStringConvertible {
  /// The URL alone: fields can be keys.
  public var description: String { url }
}
