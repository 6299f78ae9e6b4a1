internal import CUnicode

/// A normalisation form of Unicode Standard Annex 15, by the tables of Unicode 9, which the reference
/// tokenizers use; newer code points are left alone.
public enum NormalizationForm: String, Hashable, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  /// Returns the form of `text`, or nil if `text` is in it.
  ///
  /// - Parameter text: well-formed UTF-8.
  /// - Throws: `NormalizationError` if the text is longer than ICU takes (512 MiB).
  /// - Complexity: linear.
  public func normalized(
    _ text: UnsafeRawBufferPointer
  ) throws(NormalizationError) -> [UInt8]? {
    if self == .nfc { return try Normalizer.normalized(text, tables: .unicode9) }
    guard let address = text.baseAddress, text.contains(where: { $0 >= 0x80 }) else { return nil }
    var result: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = cunicode_normalize(
      address.assumingMemoryBound(to: UInt8.self), text.count, code, &result, &count)
    guard status >= 0 else { throw NormalizationError(count: text.count) }
    guard status == 1 else { return nil }
    defer { cunicode_free(result) }
    return Array(UnsafeBufferPointer(start: result, count: count))
  }

  private var code: cunicode_form {
    switch self {
    case .nfc: CUNICODE_NFC
    case .nfd: CUNICODE_NFD
    case .nfkc: CUNICODE_NFKC
    case .nfkd: CUNICODE_NFKD
    }
  }
}
