import FuzzSupport
import OrderedJSON

/// Any bytes are read or refused; what is read and written again reads as the same, and is passed over where it is
/// not read.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let parsed = try? JSONParser.parse(bytes(start, count))
  require(isPassedOver(bytes(start, count)) == (parsed != nil), "passed over is not what is parsed")
  guard let node = parsed else { return 0 }
  for style in [JSONWriter.Style.compact, .indented] {
    let written = JSONWriter.write(node.value, style: style)
    guard let again = try? JSONParser.parse(written) else {
      require(false, "what was written is not JSON")
      return 0
    }
    require(
      JSONWriter.write(again.value, style: style) == written, "written again it is not the same")
  }
  return 0
}

/// Whether a reader passes over a text.
private func isPassedOver(_ text: [UInt8]) -> Bool {
  guard var reader = try? JSONReader(text) else { return false }
  return (try? reader.skipValue()) != nil && (try? reader.finish()) != nil
}
