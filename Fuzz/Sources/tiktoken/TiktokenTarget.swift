import FuzzSupport
import Tokenization

/// Any bytes are read as a rank file or refused; what is read is compiled or refused, and used.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let tokens = try? TiktokenReader.read(bytes(start, count), source: "fuzz") else {
    return 0
  }
  // Ranks may leave holes: a short file can list a rank of a million.
  guard tokens.count <= 4_096 else { return 0 }
  var description = toyVocabulary
  description.tokens = tokens
  description.merges = VocabularyDescription.merges(ofRanked: tokens)
  description.configuration.addedTokens = []
  exercise(description, addingBytes: true)
  return 0
}
