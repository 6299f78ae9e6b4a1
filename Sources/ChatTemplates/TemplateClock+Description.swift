package import Bytes

extension TemplateClock: CustomStringConvertible {
  /// The form that options and profiles have: `2024-07-26T00:00:00`.
  public var description: String { formatted(Text("%04Y-%m-%dT%H:%M:%S")).string }

  /// Returns the time by a format of C's `strftime`, in the C locale; what is no conversion stays as it
  /// is.
  package func formatted(_ format: ByteString) -> ByteString {
    ByteString(formatted(Text(format.bytes)).bytes)
  }
}
