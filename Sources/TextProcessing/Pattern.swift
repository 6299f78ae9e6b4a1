public import Bytes
internal import CPCRE2

/// A regular expression compiled by PCRE2, with its just-in-time compiler where that is there.
///
/// Matches are byte ranges; the subject must be well-formed UTF-8.
public final class Pattern: @unchecked Sendable {
  // @unchecked: PCRE2 compiled code is read-only after compilation, JIT code included.

  let code: OpaquePointer
  /// Whether the JIT compiler took the pattern.
  public let isJITCompiled: Bool

  /// Compiles a pattern.
  ///
  /// - Parameter source: the pattern in PCRE2's syntax, UTF-8.
  /// - Throws: `PatternError` with PCRE2's message and the byte offset in the pattern.
  public init(_ source: ByteString) throws(PatternError) {
    var errorCode: Int32 = 0
    var errorOffset = 0
    // MATCH_INVALID_UTF is not set: subjects are validated once by the caller, not at each match.
    let compiled = source.bytes.withUnsafeBufferPointer { buffer in
      pcre2_compile_8(
        buffer.baseAddress, buffer.count, UInt32(PCRE2_UTF) | UInt32(PCRE2_DOLLAR_ENDONLY),
        &errorCode, &errorOffset, nil)
    }
    guard let compiled else {
      throw PatternError(offset: errorOffset, message: Self.message(for: errorCode))
    }
    code = compiled
    isJITCompiled = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) == 0
  }

  deinit {
    pcre2_code_free_8(code)
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
