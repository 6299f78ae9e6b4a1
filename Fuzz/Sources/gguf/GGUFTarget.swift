import FuzzSupport
import Tokenization

/// Any bytes are read as a GGUF file or refused; what is read is compiled or refused, and used.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let metadata = try? GGUFMetadata(bytes: bytes(start, count), source: "fuzz") else {
    return 0
  }
  let reader = GGUFReader(metadata)
  _ = try? reader.chatTemplate()
  _ = metadata.digest
  guard let description = try? reader.read(name: "fuzz") else { return 0 }
  exercise(description, addingBytes: true)
  return 0
}
