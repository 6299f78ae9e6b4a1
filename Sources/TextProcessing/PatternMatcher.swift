public import Bytes
internal import CPCRE2

/// Finds the matches of a pattern one after the other; holds the memory that matching needs, so that
/// a loop over many matches allocates nothing.
///
/// Not `Sendable`: each task makes its own.
public final class PatternMatcher {
  private let pattern: Pattern
  private let matchData: OpaquePointer
  private let context: OpaquePointer?
  // Made when a match first needs more than the 32 KiB of the machine stack that JIT code takes.
  private var stack: OpaquePointer?

  /// Makes a matcher for `pattern`.
  ///
  /// - Throws: `PatternError` if memory runs out.
  public init(_ pattern: Pattern) throws(PatternError) {
    guard let matchData = pcre2_match_data_create_8(1, nil) else {
      throw PatternError(offset: 0, message: "out of memory")
    }
    self.pattern = pattern
    self.matchData = matchData
    context = pcre2_match_context_create_8(nil)
  }

  deinit {
    if let stack { pcre2_jit_stack_free_8(stack) }
    pcre2_match_context_free_8(context)
    pcre2_match_data_free_8(matchData)
  }

  /// Returns the first non-empty match in `subject` that starts at or after `offset`, or nil.
  ///
  /// - Parameter subject: well-formed UTF-8, `offset` at the start of a code point; for a pattern of
  ///   bytes any bytes and offset.
  /// - Throws: `PatternError` if PCRE2 gives up (its limits on memory or steps).
  public func firstMatch(
    in subject: UnsafeRawBufferPointer, from offset: Int
  ) throws(PatternError) -> ByteRange? {
    guard let address = subject.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let status = match(address, subject.count, offset)
    if status == PCRE2_ERROR_NOMATCH { return nil }
    guard status >= 0, let bounds = pcre2_get_ovector_pointer_8(matchData) else {
      throw PatternError(offset: offset, message: Pattern.message(for: status))
    }
    return ByteRange(bounds[0], bounds[1])
  }

  /// Makes the stack for JIT code, up to 32 MiB; false if it is there already or cannot be made.
  private func growStack() -> Bool {
    guard stack == nil else { return false }
    stack = pcre2_jit_stack_create_8(1 << 15, 1 << 25, nil)
    guard let stack else { return false }
    pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    return true
  }

  private func match(_ address: UnsafePointer<UInt8>, _ count: Int, _ offset: Int) -> Int32 {
    guard let code = pattern.machineCode else {
      pattern.countInterpretation()
      return interpret(address, count, offset)
    }
    var status = run(code, address, count, offset)
    if status == PCRE2_ERROR_JIT_STACKLIMIT, growStack() {
      status = run(code, address, count, offset)
    }
    return status == PCRE2_ERROR_JIT_STACKLIMIT ? interpret(address, count, offset) : status
  }

  private func run(
    _ code: OpaquePointer, _ address: UnsafePointer<UInt8>, _ count: Int, _ offset: Int
  ) -> Int32 {
    pcre2_jit_match_8(code, address, count, offset, UInt32(PCRE2_NOTEMPTY), matchData, context)
  }

  private func interpret(_ address: UnsafePointer<UInt8>, _ count: Int, _ offset: Int) -> Int32 {
    let options = UInt32(PCRE2_NOTEMPTY) | UInt32(PCRE2_NO_UTF_CHECK) | UInt32(PCRE2_NO_JIT)
    return pcre2_match_8(pattern.code, address, count, offset, options, matchData, context)
  }
}
