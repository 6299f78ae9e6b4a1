import FuzzSupport
import PromptCompilation

private let compiler: PromptCompiler? =
  (try? Model.named("qwen3")).map { PromptCompiler(model: $0, passes: .all) }

/// Any bytes are read as a spec or refused; what is read compiles and is written in every format, or
/// is refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let spec = try? Spec(jsonBytes: bytes(start, count), name: "fuzz") else { return 0 }
  guard let compiler else {
    require(false, "the model qwen3 cannot be loaded: run make build")
    return 0
  }
  guard let prompt = try? compiler.compile(spec, explaining: false) else { return 0 }
  for format in OutputFormat.allCases { _ = try? prompt.emit(format, plainTokenCount: nil) }
  return 0
}
