import Bytes
import PromptCompilation
import TestSupport
import Testing

@Suite struct ModelTests {
  @Test(arguments: ["qwen9", "", "../templates/qwen3", "a/b", "qwen3\u{0}"])
  func namesThatAreNoModelAreRefused(name: String) {
    let error = #expect(throws: CompilationError.self) {
      try Model.named(ByteString(name), in: DataFolder(path: Shared.packageRoot))
    }
    #expect(error?.description.contains("no model is called") == true)
  }

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

  @Test func damagedProfilesAreRefused() throws {
    for text in [
      "", "{}",
      #"{"name":"x","vocabulary":"v","template":"t","special_tokens":{},"context_length":0}"#,
    ] {
      #expect(throws: CompilationError.self) {
        try ModelProfile(Array(text.utf8), source: "x.json")
      }
    }
  }
}
