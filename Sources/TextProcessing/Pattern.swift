public import Bytes
internal import CPCRE2
internal import Synchronization

/// A regular expression compiled by PCRE2; what is matched often by its just-in-time compiler, where that is there.
///
/// Matches are byte ranges; the subject must be well-formed UTF-8, unless the pattern is one of bytes.
public final class Pattern: @unchecked Sendable {
  // @unchecked: PCRE2 compiled code is read-only after compilation. Machine code belongs to a copy that is not
  // changed any more when others see it.

  /// How a pattern is read and matched.
  public struct Options: OptionSet, Sendable {
    /// The options as bits.
    public let rawValue: UInt8

    /// Makes options of their bits.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The pattern and its subjects are bytes, not characters: any subject will do, `.` is one byte, and
    /// a character that is not ASCII is written as the bytes of its UTF-8 form.
    public static let bytes = Options(rawValue: 1)
    /// A match begins where the search does, or there is none.
    public static let anchored = Options(rawValue: 2)
  }

  /// The code that PCRE2 interprets.
  let code: OpaquePointer
  private let copy = Atomic<UnsafeMutableRawPointer?>(nil)
  private let interpretations = Atomic<Int>(0)

  /// How many matches are interpreted before the JIT compiler is asked: for a large pattern it takes longer than they do.
  private static let interpretationLimit = 500

  /// Compiles a pattern.
  ///
  /// - Parameter source: the pattern in PCRE2's syntax, UTF-8 unless `options` has `bytes`.
  /// - Throws: `PatternError` with PCRE2's message and the byte offset in the pattern.
  public init(_ source: ByteString, options: Options = []) throws(PatternError) {
    var errorCode: Int32 = 0
    var errorOffset = 0
    // MATCH_INVALID_UTF is not set: subjects are validated once by the caller, not at each match.
    let flags =
      UInt32(PCRE2_DOLLAR_ENDONLY)
      | (options.contains(.bytes) ? 0 : UInt32(PCRE2_UTF))
      | (options.contains(.anchored) ? UInt32(PCRE2_ANCHORED) : 0)
    let compiled = source.bytes.withUnsafeBufferPointer { buffer in
      pcre2_compile_8(
        buffer.baseAddress, buffer.count, flags, &errorCode, &errorOffset, nil)
    }
    guard let compiled else {
      throw PatternError(offset: errorOffset, message: Self.message(for: errorCode))
    }
    code = compiled
  }

  deinit {
    if let copy = copy.load(ordering: .acquiring) { pcre2_code_free_8(OpaquePointer(copy)) }
    pcre2_code_free_8(code)
  }

  /// The code with machine code; nil as long as there is none.
  var machineCode: OpaquePointer? { copy.load(ordering: .acquiring).map { OpaquePointer($0) } }

  /// Counts a match that is interpreted, and has machine code made when it pays.
  func countInterpretation() {
    let (count, _) = interpretations.add(1, ordering: .relaxed)
    guard count == Self.interpretationLimit, let made = pcre2_code_copy_8(code) else { return }
    if pcre2_jit_compile_8(made, UInt32(PCRE2_JIT_COMPLETE)) == 0 {
      copy.store(UnsafeMutableRawPointer(made), ordering: .releasing)
    } else {
      pcre2_code_free_8(made)
    }
  }

  static func message(for errorCode: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(errorCode, &buffer, buffer.count)
    return length > 0
      ? String(decoding: buffer.prefix(Int(length)), as: UTF8.self) : "PCRE2 error \(errorCode)"
  }
}

/// A pattern that PCRE2 does not take, or a match that it gave up.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte offset in the pattern, or in the subject for a match.
  public let offset: Int
  /// PCRE2's message.
  public let message: String

  /// The offset and PCRE2's message, on one line.
  public var description: String { "byte \(offset): \(message)" }
}
