import Bytes
import ChatTemplates
import FuzzSupport
import OrderedJSON

private let request = TemplateRequest(
  messages: [
    JSONNode(.object(["role": .string("system"), "content": .string("Be \"kind\"\n")])),
    JSONNode(.object(["role": .string("user"), "content": .string("  héllo\u{85} wörld ")])),
    JSONNode(.object(["role": .string("assistant"), "content": .string("<think>a</think>b")])),
    JSONNode(.object(["role": .string("tool"), "content": .array(of: [.integer(1), .null])])),
  ],
  tools: JSONNode(.array(of: [.object(["name": .string("f")])])), addGenerationPrompt: true)

/// Any bytes are compiled as a template or refused; rendering ends with a prompt or an error, and the
/// spans of the prompt tell where its bytes come from.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let source = ByteString(bytes(start, count))
  let limits = RenderLimits(steps: 20_000, textBytes: 1 << 16)
  guard let template = try? ChatTemplate(source: source, name: "fuzz", limits: limits),
    let prompt = try? template.render(request)
  else { return 0 }
  var end = 0
  for span in prompt.spans {
    require(span.outputRange.start >= end && !span.outputRange.isEmpty, "spans overlap")
    require(span.outputRange.end <= prompt.bytes.count, "a span leaves the prompt")
    require(prompt.sources.indices.contains(span.source), "a span has no source")
    require(
      !span.isVerbatim || span.sourceRange.count == span.outputRange.count,
      "a verbatim span has another length than its source")
    end = span.outputRange.end
  }
  return 0
}
