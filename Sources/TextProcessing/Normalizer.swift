internal import Bytes
internal import CUnicode

/// Unicode normalisation form C by ICU, on UTF-8 bytes (Unicode Standard Annex 15).
public enum Normalizer {
  /// Which version's tables normalise.
  public enum Tables: Sendable {
    /// Those of the linked ICU.
    case current
    /// Those of Unicode 9, which the reference tokenizers use; newer code points are left alone.
    case unicode9
  }

  /// The version of the linked ICU, such as `72.1`.
  public static var version: String { String(cString: cunicode_icu_version()) }

  /// Returns the NFC form of `text`, or nil if `text` is its own NFC form.
  ///
  /// - Parameter text: well-formed UTF-8.
  /// - Throws: `NormalizationError` if the text is longer than ICU takes (512 MiB).
  /// - Complexity: linear; text that is NFC already is only read.
  public static func normalized(
    _ text: UnsafeRawBufferPointer, tables: Tables = .current
  ) throws(NormalizationError) -> [UInt8]? {
    guard let address = text.baseAddress,
      let start = ComposingCharacters.firstPossible(in: text)
    else { return nil }
    var result: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = cunicode_nfc(
      address.assumingMemoryBound(to: UInt8.self) + start, text.count - start,
      tables == .current ? CUNICODE_AGE_CURRENT : CUNICODE_AGE_9, &result, &count)
    guard status >= 0 else { throw NormalizationError(count: text.count) }
    guard status == 1 else { return nil }
    defer { cunicode_free(result) }
    return Array(text[..<start]) + UnsafeBufferPointer(start: result, count: count)
  }

  /// Returns the NFC form of `text`.
  public static func normalized(
    _ text: [UInt8], tables: Tables = .current
  ) throws(NormalizationError) -> [UInt8] {
    let result = try text.withRawBytes { buffer throws(NormalizationError) in
      try normalized(buffer, tables: tables)
    }
    return result ?? text
  }

  /// Whether no text before `scalar` can change under NFC because of `scalar` or what follows it.
  public static func hasBoundary(before scalar: Unicode.Scalar) -> Bool {
    cunicode_has_boundary_before(scalar.value) != 0
  }
}

/// A text that ICU could not normalise.
public struct NormalizationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The length of the text in bytes.
  public let count: Int

  /// What happened, on one line.
  public var description: String { "ICU could not normalise a text of \(count) bytes" }
}
