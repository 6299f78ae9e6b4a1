public import Bytes

/// A batch of events as it is sent, with its place in the order.
public struct EventMessage: Hashable, Sendable {
  /// What the engine calls the stream.
  public var topic: ByteString
  /// The number of the message: 0 for the first of an engine's life, then one more each.
  public var sequence: UInt64
  /// The batch as MessagePack.
  public var payload: [UInt8]

  /// Makes a message.
  public init(topic: ByteString, sequence: UInt64, payload: [UInt8]) {
    self.topic = topic
    self.sequence = sequence
    self.payload = payload
  }

  /// What a replay answers with.
  public enum Replayed: Hashable, Sendable {
    /// An earlier message.
    case message(EventMessage)
    /// All messages were sent.
    case end
  }

  /// Takes the frames of a message: topic, sequence as 8 bytes big-endian, payload. Nil for other frames.
  public init?(frames: [[UInt8]]) {
    guard frames.count == 3, let sequence = Self.sequence(frames[1]) else { return nil }
    self.init(topic: ByteString(frames[0]), sequence: sequence, payload: frames[2])
  }

  /// Takes the frames of an answer to a replay request: an empty one, the topic (not from engines before mid
  /// 2026), sequence, payload; the sequence -1 is the end. Nil for other frames.
  public static func replayed(frames: [[UInt8]]) -> Replayed? {
    guard frames.first?.isEmpty == true, frames.count == 3 || frames.count == 4,
      let sequence = sequence(frames[frames.count - 2])
    else { return nil }
    if sequence == .max { return .end }
    let topic = frames.count == 4 ? ByteString(frames[1]) : ByteString()
    return .message(
      EventMessage(topic: topic, sequence: sequence, payload: frames[frames.count - 1]))
  }

  /// The frames that ask for all messages from `sequence` on.
  public static func replayRequest(from sequence: UInt64) -> [[UInt8]] {
    [[], withUnsafeBytes(of: sequence.bigEndian) { Array($0) }]
  }

  private static func sequence(_ frame: [UInt8]) -> UInt64? {
    frame.count == 8 ? frame.reduce(0) { $0 << 8 | UInt64($1) } : nil
  }
}
