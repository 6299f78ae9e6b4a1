import FuzzSupport
import Tokenization

/// Any bytes are read as `tekken.json` or refused; what is read is compiled or refused, and used.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard
    let description = try? TekkenReader.read(
      bytes(start, count), source: "fuzz", name: "fuzz", addedTokens: [])
  else { return 0 }
  // The number of special tokens is stated: a short file can state a million.
  guard description.tokens.count <= 4_096 else { return 0 }
  exercise(description, addingBytes: true)
  return 0
}
