public import Bytes

/// Where an engine publishes the events of its cache, and where it answers replays.
public struct EngineConnection: Sendable {
  /// Who waits for whom.
  public enum Role: Hashable, Sendable {
    /// The engine binds its endpoint, we connect.
    case connect
    /// The engine connects to its endpoint, we bind it.
    case bind
  }

  /// The endpoint of the events as ZeroMQ writes it, `tcp://127.0.0.1:5557`.
  public var endpoint: String
  /// Who waits for whom there.
  public var role: Role
  /// The endpoint of the replays, which the engine binds; nil if it has none.
  public var replayEndpoint: String?
  /// With what the topic of a message that counts begins.
  public var topic: ByteString
  /// How long the next message of a replay is waited for.
  public var replayPatience: Duration

  /// Takes the endpoints as they stand in the engine's own configuration.
  ///
  /// Engines bind an endpoint that has `*` or `::` in it, or that is of `ipc:` or `inproc:`; to any other they
  /// connect. `*` and `[::]` are this host for us.
  ///
  /// - Parameters:
  ///   - role: who waits for whom, if it is not as above: an engine of another host binds `tcp://*:5557`, and
  ///     we connect to `tcp://host:5557`.
  ///   - replayPatience: long enough for an engine that answers between its steps.
  public init(
    endpoint: String, replayEndpoint: String? = nil, topic: ByteString = "", role: Role? = nil,
    replayPatience: Duration = .seconds(5)
  ) {
    let isBound =
      endpoint.utf8.contains(UInt8(ascii: "*")) || endpoint.contains("::")
      || endpoint.hasPrefix("ipc:") || endpoint.hasPrefix("inproc:")
    self.role = role ?? (isBound ? .connect : .bind)
    self.endpoint = Self.onThisHost(endpoint)
    self.replayEndpoint = replayEndpoint.map(Self.onThisHost)
    self.topic = topic
    self.replayPatience = replayPatience
  }

  private static func onThisHost(_ endpoint: String) -> String {
    for (any, here) in [("://*:", "://127.0.0.1:"), ("://[::]:", "://[::1]:")] {
      let parts = endpoint.split(separator: any, maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { return parts[0] + here + parts[1] }
    }
    return endpoint
  }
}

/// Why an engine cannot be followed.
public struct EngineConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What could not be done, and on what.
  public let action: String
  /// Why, in the words of ZeroMQ.
  public let reason: String

  /// What could not be done, and why.
  public var description: String { "cannot \(action): \(reason)" }
}
