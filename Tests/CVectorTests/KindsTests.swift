import CVector
import TestSupport
import Testing

/// What 64 bytes are: the functions for newer processors against the plain one.
@Suite struct KindsTests {
  private typealias Kinds = (UnsafePointer<UInt8>?) -> cvector_kinds

  /// The variants that this processor has.
  private static var variants: [Kinds] {
    var variants: [Kinds] = [cvector_kinds_of_64]
    #if arch(x86_64)
      if cvector_has_avx2() != 0 { variants.append(cvector_kinds_of_64_avx2) }
      if cvector_has_avx512() != 0 { variants.append(cvector_kinds_of_64_avx512) }
    #endif
    return variants
  }

  private static func words(_ kinds: cvector_kinds) -> [UInt64] {
    [
      kinds.letters, kinds.digits, kinds.blanks, kinds.tabs, kinds.newlines, kinds.others,
      kinds.upper, kinds.apostrophes,
    ]
  }

  @Test func allVariantsAgreeOnEachByteInEachPlace() {
    for byte in UInt8.min...UInt8.max {
      var bytes = [UInt8](repeating: byte, count: 64)
      bytes[Int(byte) & 63] = byte &+ 1
      let expected = Self.words(cvector_kinds_of_64_plain(bytes))
      for variant in Self.variants { #expect(Self.words(variant(bytes)) == expected) }
    }
  }

  @Test func allVariantsAgreeOnRandomBytes() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let bytes = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      let expected = Self.words(cvector_kinds_of_64_plain(bytes))
      for variant in Self.variants { #expect(Self.words(variant(bytes)) == expected) }
    }
  }
}
