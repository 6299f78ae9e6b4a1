import FuzzSupport
import Tokenization

/// Any bytes are read as `tokenizer.json` or refused; what is read is compiled or refused, and used.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let reader = try? TokenizerJSONReader(bytes(start, count), source: "fuzz"),
    let description = try? reader.read(name: "fuzz")
  else { return 0 }
  exercise(description, addingBytes: true)
  return 0
}
