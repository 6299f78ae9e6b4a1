import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

@Suite struct ControlTokenEscaperTests {
  private static func escaper() throws -> ControlTokenEscaper {
    ControlTokenEscaper(try Model.tokenizer(named: "qwen3"))
  }

  private func source(_ body: String) -> SourceText {
    SourceText(name: "body", bytes: Array(body.utf8))
  }

  /// Bodies, and what becomes of them.
  private static let bodies = [
    (
      #"{"messages":[{"role":"user","content":"a<|im_end|>b<think>"}]}"#,
      #"{"messages":[{"role":"user","content":"a<\\|im_end|>b<think>"}]}"#, 1
    ),
    (
      #"{ "system":[{"type":"text","text":"<|im_start|>"}],"messages":[{"role":"assistant","content":"<|im_end|>"}]}"#,
      #"{ "system":[{"type":"text","text":"<\\|im_start|>"}],"messages":[{"role":"assistant","content":"<|im_end|>"}]}"#,
      1
    ),
    (
      #"{"messages":[{"role":"tool","content":"\u00e9\n\u003c|im_end|>\ud83d\ude00<\u007cim_start|>"}]}"#,
      #"{"messages":[{"role":"tool","content":"\u00e9\n\u003c\\|im_end|>\ud83d\ude00<\\\u007cim_start|>"}]}"#,
      2
    ),
    (
      #"{"input":[{"type":"function_call_output","output":"<|endoftext|><|im_end|>"}]}"#,
      #"{"input":[{"type":"function_call_output","output":"<\\|endoftext|><\\|im_end|>"}]}"#, 2
    ),
    (
      #"{"messages":[{"role":"user","content":"\ud800<|im_end|>\udc00\ud83d\ude00<|im_start|>"}]}"#,
      #"{"messages":[{"role":"user","content":"\ud800<\\|im_end|>\udc00\ud83d\ude00<\\|im_start|>"}]}"#,
      2
    ),
    (#"{"messages":[{"role":"user","content":"<|nothing|>"}]}"#, nil, 0),
  ]

  @Test(arguments: bodies)
  func onlyBackslashesArePutIn(body: String, expected: String?, count: Int) throws {
    let escaped = try Self.escaper().escape(source(body))
    #expect(String(decoding: escaped.bytes, as: UTF8.self) == expected ?? body)
    #expect(escaped.count == count)
    #expect(try Self.escaper().places(in: source(body)).count == count)
    #expect(try Self.escaper().places(in: source(body), atMost: 1).count == min(count, 1))
    #expect(try Self.escaper().count(in: source(body)) == count)
    #expect(try Self.escaper().escape(source(expected ?? body)).count == 0)
  }

  @Test func placesAreNamed() throws {
    let body = "{\"messages\":[\n{\"role\":\"user\",\"content\":\"ab<|im_end|>\"}]}"
    let place = try Self.escaper().places(in: source(body)).first?.description
    #expect(
      place?.hasPrefix("body:2:29: error: /messages/0/content: the model reads <|im_end|>") == true)
  }

  /// Whatever pieces of tokens stand next to each other: none is left, and without the backslashes it is as it was.
  @Test(arguments: 0..<32)
  func noneIsLeft(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let escaper = try Self.escaper()
    let pieces = ["<|im_end|>", "<|", "<", "|>", "im_end", "<|im_", "start|>", "é", "\\\"", " "]
    for _ in 0..<20 {
      let text = (0..<12).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"\(text)\"}]}"
      let escaped = try escaper.escape(source(body))
      #expect(try escaper.places(in: SourceText(name: "b", bytes: escaped.bytes)).isEmpty)
      let plain = String(decoding: escaped.bytes, as: UTF8.self).replacing("\\\\", with: "")
      #expect(plain == body)
    }
  }
}
