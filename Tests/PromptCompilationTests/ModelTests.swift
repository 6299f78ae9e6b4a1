import Bytes
import PromptCompilation
import TestSupport
import Testing

@Suite struct ModelTests {
  @Test func oneCallCompiles() throws {
    let prompt = try PromptCompiler.compile(Spec(query: "Hi"), model: "qwen3")
    #expect(prompt.string == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
  }

  @Test func compilersAreUsedFromManyTasks() async throws {
    let compiler = try Qwen3.compiler()
    let spec = try Spec.quickstart()
    let expected = try compiler.compile(spec).tokens
    try await withThrowingTaskGroup(of: [UInt32].self) { group in
      for _ in 0..<8 { group.addTask { try compiler.compile(spec).tokens } }
      for try await tokens in group { #expect(tokens == expected) }
    }
  }

  @Test func tokenizersAreFoundByModelAndByVocabulary() throws {
    let folder = DataFolder(path: Shared.packageRoot)
    for name in ["qwen3", "qwen2", "o200k"] {
      #expect(throws: Never.self) { try Model.tokenizer(named: ByteString(name), in: folder) }
    }
    let error = #expect(throws: CompilationError.self) {
      try Model.tokenizer(named: "qwen9", in: folder)
    }
    #expect(error?.description.contains("no vocabulary is called qwen9") == true)
  }
}
