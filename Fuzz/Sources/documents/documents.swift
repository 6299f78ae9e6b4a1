import Bytes
import FuzzSupport
import OrderedJSON
import PromptCompilation

// libFuzzer calls the target from one thread.
nonisolated(unsafe) private let marker: CacheMarker? = {
  guard var services = try? CacheServiceList() else { return nil }
  for index in services.services.indices { services.services[index].minimumTokens = 1 }
  return try? CacheMarker(service: "anthropic", services: services)
}()

/// Request bodies, or texts of tools, with `FF` between them, behind a byte that chooses the form: documents of
/// each are put in the order of those before, and marks are put in. Both can be taken back byte for byte.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes(start, count)
  guard let choice = input.first, let marker else {
    require(marker != nil, "prices/caches.json cannot be read")
    return 0
  }
  let modes = DocumentSettings.Mode.allCases
  let settings = DocumentSettings(
    mode: modes[Int(choice) % modes.count], annotates: choice & 0x80 != 0)
  guard var rewriter = try? DocumentRewriter(settings, index: ContextIndex()) else { return 0 }
  for part in input.dropFirst().split(separator: 0xFF).prefix(8) {
    var body = Array(part)
    if (try? JSONParser.parse(body, loneSurrogates: .replaced))?["messages"] == nil {
      body = Array(#"{"messages":[{"role":"tool","content":"#.utf8)
      JSONWriter.appendQuoted(Array(part), to: &body)
      body += Array("}]}".utf8)
    }
    let source = SourceText(name: "fuzz", bytes: body)
    guard let rewritten = try? rewriter.rewrite(source) else { continue }
    require(rewritten.original == body, "another body comes back")
    require(
      settings.annotates || rewritten.bytes.count == body.count, "documents became another length")
    let shown = SourceText(name: "fuzz", bytes: rewritten.bytes)
    guard let marked = try? marker.mark(shown) else {
      require(false, "what was rewritten cannot be marked")
      return 0
    }
    require(marked.original == rewritten.bytes, "marks cannot be taken out")
    require(marked.marks.count + marked.ownMarkCount <= max(4, marked.ownMarkCount), "marks")
    let node = try? JSONParser.parse(marked.bytes, loneSurrogates: .replaced)
    require(node != nil, "marked, it is JSON no more")
  }
  return 0
}
