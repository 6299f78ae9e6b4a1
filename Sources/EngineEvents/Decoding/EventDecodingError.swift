/// Why the bytes of a batch of events cannot be read, and where.
public struct EventDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// The bytes end inside a value.
    case truncated
    /// A value says that it has more elements or bytes than there are.
    case tooLong
    /// The byte begins no value of MessagePack (0xC1).
    case reserved
    /// Another kind of value stands here than `what`.
    case expected(_ what: Field)
    /// A field that has to be there is missing.
    case missing(_ what: Field)
    /// Bytes follow behind the batch.
    case trailing
  }

  /// The parts of a batch that have to be of one kind.
  public enum Field: String, Hashable, Sendable {
    case batch = "a batch: an array or a map"
    case timestamp = "a timestamp"
    case events = "an array of events"
    case event = "an event: an array or a map"
    case key = "a key: a text"
    case type = "the type of an event"
    case blockHashes = "an array of block hashes"
    case blockHash = "a block hash: an integer or 1 to 32 bytes"
    case tokens = "an array of token ids"
    case token = "a token id: 0 to 4294967295"
    case blockSize = "a block size: 0 to 4294967295"
    case extraKeys = "an array of extra keys"
  }

  /// The byte of the payload, from 0.
  public let offset: Int
  /// What is wrong there.
  public let reason: Reason

  init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// What is wrong, as `byte 12: error: ...`.
  public var description: String {
    let text =
      switch reason {
      case .truncated: "the bytes end inside a value"
      case .tooLong: "a length reaches beyond the end of the bytes"
      case .reserved: "0xC1 begins no value of MessagePack"
      case .expected(let field): "expected \(field.rawValue)"
      case .missing(let field): "an event without \(field.rawValue)"
      case .trailing: "bytes follow behind the batch"
      }
    return "byte \(offset): error: \(text)"
  }
}
