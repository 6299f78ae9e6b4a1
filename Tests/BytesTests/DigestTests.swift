import Bytes
import Testing

@Suite struct DigestTests {
  /// The examples of FIPS 180-4.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func isSHA256(text: String, hexadecimal: String) {
    #expect(Digest(of: Array(text.utf8)).hexadecimal == hexadecimal)
  }

  /// Expected value by Python's hashlib: sha256(bytes(32) + struct.pack("<3I", 1, 256, 151643)).
  @Test func chainsTokensAsLittleEndianIntegers() {
    let link = Digest(chaining: .zero, tokens: [1, 256, 151_643])
    #expect(
      link.hexadecimal == "f7fec11e68bd751c32437e6a4b93f56ddd9a4385f6ac1da8fe74c1c165af35f5")
  }

  @Test func takesThirtyTwoBytesAndNoOtherCount() {
    #expect(Digest(bytes: Array(repeating: 7, count: 32)) != nil)
    #expect(Digest(bytes: Array(repeating: 7, count: 31)) == nil)
  }
}
