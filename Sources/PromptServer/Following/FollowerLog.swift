internal import EngineEvents
internal import Logging
internal import Synchronization

/// The lines of the log about one rank of an engine.
final class FollowerLog: Sendable {
  private let logger: Logger
  /// Whether the last batch could not be read: of many in a row one is logged.
  private let isUnreadable: Mutex<Bool> = Mutex(false)

  init(rank: Int, _ connection: EngineConnection, _ logger: Logger) {
    var logger = logger
    logger[metadataKey: "rank"] = "\(rank)"
    logger[metadataKey: "endpoint"] = "\(connection.endpoint)"
    self.logger = logger
  }

  /// Logs what became of the connection and of the mirror. Batches have no lines.
  func take(_ update: EngineUpdate) {
    switch update {
    case .connected: logger.info("engine connected")
    case .disconnected: logger.warning("engine disconnected")
    case .gap: logger.warning("engine events missing")
    case .reset: logger.warning("engine cache unknown", metadata: ["reason": "reset"])
    case .replay(let sequence):
      logger.debug("engine asked for events", metadata: ["from": "\(sequence)"])
    case .current: logger.debug("engine events current")
    case .batch: isUnreadable.withLock { $0 = false }
    case .unreadable(let fault, let sequence):
      let isFirst = isUnreadable.withLock { isUnreadable in
        defer { isUnreadable = true }
        return !isUnreadable
      }
      guard isFirst else { return }
      logger.warning(
        "engine cache unknown",
        metadata: ["reason": "unreadable", "sequence": "\(sequence)", "error": "\(fault)"])
    }
  }
}
