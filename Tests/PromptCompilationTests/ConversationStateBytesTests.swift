import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// The form in which the state of a conversation is stored.
@Suite struct ConversationStateBytesTests {
  /// A state of two turns, one with a part that is no text.
  private static func state() throws -> ConversationState {
    let compiler = try Qwen3.compiler()
    var state: ConversationState?
    let blocks = #"[{"id":"a","title":"T","text":"One."},{"id":"b","text":"Two."}]"#
    let image = #"{"type":"image_url","image_url":{"url":"data:,\u00e9"}}"#
    let parts = #"[{"type":"text","text":"What is it?"},\#(image)]"#
    _ = try compiler.compile(
      try Spec.parse(
        #"{"cpc":1,"conversation_id":"c","blocks":\#(blocks),"query":\#(parts)}"#), state: &state)
    _ = try compiler.compile(
      try Spec.parse(
        #"{"cpc":1,"conversation_id":"c","conversation":[{"role":"user","content":\#(parts)},"#
          + #"{"role":"assistant","content":"A."}],"query":"And?"}"#), state: &state)
    return try #require(state)
  }

  @Test func theyAreReadAsTheyWereWritten() throws {
    let state = try Self.state()
    #expect(state.turns.count == 2)
    let read = try ConversationState(bytes: state.bytes, for: state.key)
    #expect(read == state)
    #expect(read.turns.map(\.labels) == [["a", "b"], []])
    #expect(read.turns.map(\.content.parts.count) == [3, 1])
    let empty = ConversationState(state.key)
    #expect(try ConversationState(bytes: empty.bytes, for: state.key) == empty)
    #expect(empty != state)
  }

  @Test func noPartOfThemIsTakenForAState() throws {
    let state = try Self.state()
    for count in state.bytes.indices {
      #expect(throws: ConversationStateError.self, "\(count)") {
        try ConversationState(bytes: Array(state.bytes[..<count]), for: state.key)
      }
    }
    for index in state.bytes.indices {
      var bytes = state.bytes
      bytes[index] ^= 0x10
      #expect(throws: ConversationStateError.self, "\(index)") {
        try ConversationState(bytes: bytes, for: state.key)
      }
    }
    #expect(throws: ConversationStateError.damaged) {
      try ConversationState(bytes: state.bytes + [0], for: state.key)
    }
  }

  @Test func othersAreToldApart() throws {
    let state = try Self.state()
    #expect(throws: ConversationStateError.foreign) {
      try ConversationState(bytes: Array("SQLite format 3".utf8), for: state.key)
    }
    var newer = state.bytes
    newer[4] = 2
    #expect(throws: ConversationStateError.newerFormat(2)) {
      try ConversationState(bytes: newer, for: state.key)
    }
    for change: (inout ConversationState.Key) -> Void in [
      { $0.tenant = "x" }, { $0.model = "x" }, { $0.conversation = "x" },
    ] {
      var key = state.key
      change(&key)
      #expect(throws: ConversationStateError.ofAnother) {
        try ConversationState(bytes: state.bytes, for: key)
      }
    }
  }
}
