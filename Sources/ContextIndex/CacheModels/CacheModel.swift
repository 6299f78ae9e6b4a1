public import Bytes

/// What an engine or a service can reuse of the prompts that it has seen.
public enum CacheModel: Hashable, Sendable {
  /// Token by token, in one tree for all requests (SGLang): `radix`.
  case radix
  /// Whole pages of this many tokens (vLLM): `paged:16`.
  case paged(pageSize: Int)
  /// At most this many marked places a request (Anthropic, OpenAI): `breakpoints:4`, and where they
  /// are known how many content blocks a mark looks back and how many seconds an entry lives:
  /// `breakpoints:4,lookback=20,ttl=300`.
  case breakpoints(count: Int, lookback: Int? = nil, timeToLive: Int? = nil)
  /// Token by token, in each of this many slots for itself (llama.cpp): `llama-slots:4`.
  case llamaSlots(count: Int)

  /// Reads the form that `description` writes; nil if `text` has another one.
  public init?(_ text: ByteString) {
    if text == "radix" {
      self = .radix
      return
    }
    let parts = text.bytes.split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let fields = parts[1].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard let first = fields.first, let number = Self.number(first) else { return nil }
    switch ByteString(parts[0]) {
    case "paged" where fields.count == 1: self = .paged(pageSize: number)
    case "llama-slots" where fields.count == 1: self = .llamaSlots(count: number)
    case "breakpoints":
      var lookback: Int?
      var timeToLive: Int?
      for field in fields.dropFirst() {
        if lookback == nil, let value = Self.value(of: "lookback=", in: field) {
          lookback = value
        } else if timeToLive == nil, let value = Self.value(of: "ttl=", in: field) {
          timeToLive = value
        } else {
          return nil
        }
      }
      self = .breakpoints(count: number, lookback: lookback, timeToLive: timeToLive)
    default: return nil
    }
  }

  /// The tokens of which an engine gives up as many at once; 1 where it can give up each.
  public var pageSize: Int {
    if case .paged(let pageSize) = self { return pageSize }
    return 1
  }

  /// The forms that there are, for messages.
  public static let forms = "radix, paged:B, breakpoints:N[,lookback=L][,ttl=S], llama-slots:N"

  private static func value(of key: ByteString, in field: ArraySlice<UInt8>) -> Int? {
    field.starts(with: key.bytes) ? number(field.dropFirst(key.count)) : nil
  }

  /// A number of digits alone, from 1 to a billion.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.first.map({ $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }) ?? false,
      let value = Int(String(decoding: digits, as: UTF8.self)), value <= 1_000_000_000
    else { return nil }
    return value
  }
}

extension CacheModel: CustomStringConvertible {
  /// The form that profiles and options have: `paged:16`.
  public var description: String {
    switch self {
    case .radix: "radix"
    case .paged(let pageSize): "paged:\(pageSize)"
    case .llamaSlots(let count): "llama-slots:\(count)"
    case .breakpoints(let count, let lookback, let timeToLive):
      "breakpoints:\(count)" + (lookback.map { ",lookback=\($0)" } ?? "")
        + (timeToLive.map { ",ttl=\($0)" } ?? "")
    }
  }
}
