import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// A conversation folds to the same texts in a spec and in a request body.
@Suite struct ConversationFoldingTests {
  private static let text = (0..<60).map { "Line \($0) of a text that comes again." }
    .joined(separator: "\n")

  /// Messages in which `@` is the text as a JSON string and `%` is that within a string.
  private static let conversations = [
    #"{"role":"tool","content":@},{"role":"tool","content":@}"#,
    #"{"role":"tool","content":@},{"role":"tool","content":"{\"path\" : \"a.txt\", \"stdout\":%, \"code\":0.0}"}"#,
    #"{"role":"tool","content":"[%,%]"},{"role":"tool","content":[{"type":"text","text":"{\"a\":%}"}]}"#,
    #"{"role":"system","content":@},{"role":"tool","content":"{\"stdout\":%}"},{"role":"tool","content":@}"#,
    #"{"role":"user","content":"ls"},{"role":"assistant","content":null},{"role":"tool","content":"{\"stdout\":%,\"tail\":\"a/b a\\/b\"}"},{"role":"tool","content":"{\"again\":%,\"mark\":\"[same as tool result 1]\"}"}"#,
  ]

  private static func messages(_ template: String) -> String {
    let quoted = JSONWriter.write(.string(ByteString(text)))
    let twice = JSONWriter.write(.string(ByteString(quoted))).dropFirst().dropLast()
    return template.replacing("@", with: String(decoding: quoted, as: UTF8.self))
      .replacing("%", with: String(decoding: twice, as: UTF8.self))
  }

  /// The texts of the contents of messages.
  private static func texts(of messages: [JSONNode]?) -> [ByteString] {
    (messages ?? []).flatMap { message -> [ByteString] in
      guard let content = message["content"] else { return [] }
      let texts =
        content.string.map { [$0] } ?? (content.elements ?? []).compactMap { $0["text"]?.string }
      return texts.filter { !$0.isEmpty }
    }
  }

  @Test(arguments: conversations) func isTheSameInSpecAndBody(template: String) throws {
    let messages = Self.messages(template)
    let spec = try Spec.parse(
      #"{"cpc":1,"conversation":[\#(messages)],"query":"And now?","blocks":[{"id":"a","text":"A."}]}"#
    )
    let compiled = try Qwen3.compile(spec)
    let prompt = SourceText(name: "prompt.json", bytes: try compiled.emit(.json))
    let root = try JSONParser.parse(prompt.bytes)
    let compiledTexts = Self.texts(of: root["request"]?["messages"]?.elements).dropLast()

    var folder = try BodyFolder(tokenizer: try Qwen3.model.get().tokenizer)
    let body = #"{"messages":[\#(messages)]}"#
    let folded = try folder.fold(SourceText(name: "body.json", bytes: Array(body.utf8)))
    let bodyTexts = Self.texts(of: try JSONParser.parse(folded.bytes)["messages"]?.elements)

    #expect(Array(compiledTexts) == bodyTexts)
    #expect(bodyTexts.contains { $0.string.contains("[same as ") })
    let expanded = try ExpandedPrompt(json: root, source: prompt)
    #expect(try expanded.differences(from: spec, compiledBy: try Qwen3.compiler()) == [])
  }

  /// In a prompt the texts of a message are one.
  @Test func undoesResultsInParts() throws {
    let parts = Self.messages(
      #"{"role":"tool","content":[{"type":"text","text":@},{"type":"text","text":""}]},{"role":"tool","content":[{"type":"text","text":"ls"},{"type":"text","text":@}]}"#
    )
    let spec = try Spec.parse(#"{"cpc":1,"conversation":[\#(parts)],"query":"And now?"}"#)
    let compiled = try Qwen3.compile(spec)
    #expect(compiled.string.contains("ls\n[same as tool result 1 from "))
    let prompt = SourceText(name: "prompt.json", bytes: try compiled.emit(.json))
    let expanded = try ExpandedPrompt(json: try JSONParser.parse(prompt.bytes), source: prompt)
    #expect(try expanded.differences(from: spec, compiledBy: try Qwen3.compiler()) == [])
  }

  @Test func tellsNearDuplicatesIfAsked() throws {
    func spec(_ policy: String) throws -> Spec {
      let changed = Self.text.replacing("Line 7 of a text", with: "Line 7 of another text")
        .replacing("Line 40 of", with: "Row 40 of")
      let texts = [Self.text, changed].map {
        String(decoding: JSONWriter.write(.string(ByteString($0))), as: UTF8.self)
      }
      return try Spec.parse(
        #"{"cpc":1,"query":"And now?","blocks":[{"id":"a","text":\#(texts[0])},{"id":"b","text":\#(texts[1])}],"policy":{\#(policy)}}"#
      )
    }
    let near = try spec(#""deduplicate":{"near":true}"#)
    let compiled = try Qwen3.compile(near)
    #expect(
      compiled.string.contains(
        #"[same as doc a, but for: "7 of a text" -> "7 of another text"; "Line 40" -> "Row 40"]"#))
    let prompt = SourceText(name: "prompt.json", bytes: try compiled.emit(.json))
    let expanded = try ExpandedPrompt(json: try JSONParser.parse(prompt.bytes), source: prompt)
    #expect(try expanded.differences(from: near, compiledBy: try Qwen3.compiler()) == [])
    let off = try Qwen3.compile(try spec(#""deduplicate":{"near":false}"#)).emit(.json)
    #expect(try off == Qwen3.compile(try spec("")).emit(.json))
    #expect(!String(decoding: off, as: UTF8.self).contains("but for"))
  }

  @Test func refersToTheSystemText() throws {
    let quoted = String(decoding: JSONWriter.write(.string(ByteString(Self.text))), as: UTF8.self)
    let spec = try Spec.parse(
      #"{"cpc":1,"system":\#(quoted),"query":"And now?","blocks":[{"id":"a","text":\#(quoted)}]}"#)
    let compiled = try Qwen3.compile(spec)
    #expect(compiled.string.contains("[same as system message 1]"))
    let prompt = SourceText(name: "prompt.json", bytes: try compiled.emit(.json))
    let expanded = try ExpandedPrompt(json: try JSONParser.parse(prompt.bytes), source: prompt)
    #expect(try expanded.differences(from: spec, compiledBy: try Qwen3.compiler()) == [])
  }
}
