import Bytes
import Deduplication
import FuzzSupport
import OrderedJSON
import PromptCompilation

// libFuzzer calls the target from one thread.
nonisolated(unsafe) private let folder: BodyFolder? = {
  guard let tokenizer = try? Model.tokenizer(named: "qwen3") else { return nil }
  var settings = FoldSettings()
  settings.minimumTokens = 4
  settings.minimumSaving = 1
  return try? BodyFolder(settings, showsAssistant: true, tokenizer: tokenizer)
}()

/// Any bytes are folded as a request body or refused; what is folded is JSON still, and expands to the
/// same values.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes(start, count)
  guard var folder else {
    require(false, "the tokenizer qwen3 cannot be loaded: run make build")
    return 0
  }
  guard let folded = try? folder.fold(SourceText(name: "fuzz", bytes: input)) else { return 0 }
  let source = SourceText(name: "folded", bytes: folded.bytes)
  guard let expanded = try? BodyExpander().expand(source) else {
    require(false, "what was folded cannot be expanded")
    return 0
  }
  // What looks like a reference in JSON that spells a character in two ways is respelled.
  guard !mayBeMentioned(input) else { return 0 }
  require(values(expanded) == values(input), "another body comes back")
  return 0
}

private func mayBeMentioned(_ body: [UInt8]) -> Bool {
  ReferenceWording.standard.isMentioned(in: body)
    || String(decoding: body, as: UTF8.self).contains("\\u00")
}

private func values(_ body: [UInt8]) -> [UInt8]? {
  guard let root = try? JSONParser.parse(body, loneSurrogates: .replaced) else { return nil }
  return JSONWriter.write(root.value)
}
