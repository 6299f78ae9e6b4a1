/// Text that cannot be encoded, or ids that cannot be decoded.
public enum TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text is not UTF-8 from this byte on.
  case invalidUTF8(offset: Int)
  /// The text has more bytes than are encoded at once: `Tokenizer.textLimit`.
  case textTooLong(count: Int)
  /// There is no token of this id; it stands at `index` in the ids.
  case unknownToken(id: UInt32, index: Int)
  /// ICU or PCRE2 gave up, with their message.
  case engine(message: String)

  /// What is wrong, on one line.
  public var description: String {
    switch self {
    case .invalidUTF8(let offset): "not UTF-8 at byte \(offset)"
    case .textTooLong(let count):
      "\(count) bytes are more than the \(Tokenizer.textLimit) that are encoded at once"
    case .unknownToken(let id, let index): "no token has the id \(id) (at index \(index))"
    case .engine(let message): message
    }
  }
}
