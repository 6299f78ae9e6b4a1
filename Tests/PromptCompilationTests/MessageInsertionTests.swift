import Bytes
import OrderedJSON
import PromptCompilation
import Testing

/// What a compiled prompt puts in front of the user's words.
@Suite struct MessageInsertionTests {
  private func contents(_ prompt: CompiledPrompt) throws -> [ByteString?] {
    let body = try JSONParser.parse(try prompt.emit(.openai))
    return try #require(body["messages"]?.elements).map { $0["content"]?.string }
  }

  @Test(arguments: [
    #"{"cpc":1,"system":"s","query":"q","blocks":[{"id":"b","text":"B","importance":1},{"id":"a","text":"A","importance":2}]}"#,
    #"{"cpc":1,"query":"/q","blocks":[{"text":"x"},{"text":"x"}],"policy":{"order":"given"}}"#,
    #"{"cpc":1,"conversation":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"query":"q","slot":"first_user","blocks":[{"text":"x"}]}"#,
    #"{"cpc":1,"query":"q"}"#,
  ])
  func insertionsAndWordsAreTheMessages(json: String) throws {
    let spec = try Spec.parse(json)
    let prompt = try Qwen3.compile(spec)
    var words: [ByteString?] = spec.system.map { [$0.text] } ?? []
    words += spec.conversation.map { $0.content?.text } + [spec.query?.text]
    for insertion in prompt.insertions {
      words[insertion.message] = words[insertion.message].map {
        ByteString(insertion.text.bytes + $0.bytes)
      }
      #expect(!insertion.isRecalled)
    }
    #expect(try contents(prompt) == words)
    #expect(prompt.insertions.isEmpty == spec.blocks.isEmpty)
  }

  @Test func earlierTurnsHaveTheirBlocksBack() throws {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let block = #""conversation_id":"c","blocks":[{"id":"a","text":"Ants"}]"#
    let first = try compiler.compile(
      try Spec.parse(#"{"cpc":1,"query":"q",\#(block)}"#), state: &state)
    let second = try compiler.compile(
      try Spec.parse(
        #"{"cpc":1,"conversation":[{"role":"user","content":"q"},{"role":"assistant","content":"r"}],"query":"p",\#(block)}"#
      ), state: &state)
    let recalled = try #require(second.insertions.first)
    #expect(recalled.isRecalled)
    #expect(recalled.message == 0)
    #expect(recalled.text == first.insertions.first?.text)
  }
}
