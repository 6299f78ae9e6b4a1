import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// The outputs for the quickstart spec. `tokens.jsonl` was made by Hugging Face tokenizers 0.23.3 from
/// `text.txt` (Scripts/generate_quickstart.py), the others are snapshots.
@Suite struct QuickstartTests {
  private static let expected = Shared.packageRoot + "/Fixtures/quickstart/expected/"

  @Test(arguments: [
    (OutputFormat.openai, "openai.json"), (.anthropic, "anthropic.json"), (.text, "text.txt"),
    (.tokens, "tokens.jsonl"),
  ])
  func outputsAreAsExpected(format: OutputFormat, file: String) throws {
    let spec = try Spec.quickstart()
    let compiler = try Qwen3.compiler()
    let plain = try compiler.plainTokenCount(spec)
    let output = try compiler.compile(spec).emit(format, plainTokenCount: plain)
    let newline = format == .text ? [] : [UInt8(ascii: "\n")]
    #expect(output + newline == (try Files.read(Self.expected + file)))
  }

  @Test func theSealIsAsExpected() throws {
    let prompt = try Qwen3.compile(try Spec.quickstart())
    let expected = try Files.read(Self.expected + "sections.txt")
    let lines = prompt.seal.sections.map { section in
      "\(section.kind.rawValue) \(section.label ?? "-") \(section.tokens.start) \(section.tokens.end) "
        + "\(section.stableEnd) \(section.prefix.hexadecimal)\n"
    }
    #expect(Array(lines.joined().utf8) == expected)
  }
}
