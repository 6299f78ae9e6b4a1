import FuzzSupport
import OrderedJSON

/// Any bytes are read or refused; what is read and written again reads as the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let node = try? JSONParser.parse(bytes(start, count)) else { return 0 }
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
