import Bytes
import PromptCompilation
import TestSupport
import TextProcessing
import Testing

@Suite struct SpecReaderTests {
  @Test(arguments: [
    (
      #"{"cpc":1,"query":"q","blcoks":[]}"#,
      #"spec.json:1:22: error: unknown key "blcoks" (did you mean "blocks"?)"#
    ),
    (#"{"query":"q"}"#, #"spec.json:1:1: error: "cpc" is missing"#),
    (#"{"cpc":2,"query":"q"}"#, "spec.json:1:8: error: this cpc reads version 1"),
    (#"{"cpc":"1","query":"q"}"#, "spec.json:1:8: error: this cpc reads version 1"),
    ("{}", #"spec.json:1:1: error: "cpc" is missing"#),
    (#"{"cpc":1}"#, "spec.json:1:1: error: nothing to compile"),
    ("[]", "spec.json:1:1: error: the spec must be an object, not an array"),
    ("", "spec.json:1:1: error: unexpected end of the text, expected a value"),
    ("{\"cpc\":1,\n  \"query\": \"é\" \"x\"}", "spec.json:2:16: error: unexpected"),
    (#"{"cpc":1,"query":"q","query":"r"}"#, #"spec.json:1:22: error: key "query" stands twice"#),
    (#"{"cpc":1,"query":7}"#, #"error: "query" must be a string or an array, not a number"#),
    (#"{"cpc":1,"query":[{"type":"text"}]}"#, #"a part of type text needs a "text""#),
    (#"{"cpc":1,"query":["x"]}"#, #"must be an object with a "type""#),
    (#"{"cpc":1,"blocks":{}}"#, #""blocks" must be an array, not an object"#),
    (
      #"{"cpc":1,"blocks":[{}]}"#, #"spec.json:1:20: error: "blocks"[0] needs a "text" or a "file""#
    ),
    (#"{"cpc":1,"blocks":[{"text":"a","file":"b"}]}"#, #"has both a "text" and a "file""#),
    (#"{"cpc":1,"blocks":[{"file":"b"}]}"#, #""file" is not allowed here"#),
    (#"{"cpc":1,"blocks":[{"id":"","text":"a"}]}"#, "must have 1 to 256 bytes"),
    (#"{"cpc":1,"blocks":[{"id":"a\n","text":"a"}]}"#, "no control characters"),
    (#"{"cpc":1,"blocks":[{"text":"a","importance":1e999}]}"#, "importance is out of range: 1e999"),
    (#"{"cpc":1,"blocks":[{"text":"a","importance":"high"}]}"#, "importance must be a number"),
    (
      #"{"cpc":1,"blocks":[{"text":"a","pin":"frist"}]}"#,
      #"none of first, last, keep (did you mean "first"?)"#
    ),
    (
      #"{"cpc":1,"blocks":[{"text":"a","titel":"x"}]}"#,
      #"unknown key "titel" (did you mean "title"?)"#
    ),
    (#"{"cpc":1,"conversation":[{"content":"x"}]}"#, #"needs a "role""#),
    (
      #"{"cpc":1,"conversation":[{"role":"user","content":"x"},{"role":"system","content":"y"}],"query":"q"}"#,
      "a system message stands only at the beginning"
    ),
    (
      #"{"cpc":1,"system":"s","conversation":[{"role":"system","content":"t"}],"query":"q"}"#,
      "there are two system texts"
    ),
    (#"{"cpc":1,"query":"q","tools":[1]}"#, #""tools"[0] must be an object"#),
    (#"{"cpc":1,"query":"q","parameters":{"messages":[]}}"#, #""messages" is cpc's own to decide"#),
    (#"{"cpc":1,"query":"q","template_kwargs":{"tools":1}}"#, #""tools" is cpc's own to decide"#),
    (#"{"cpc":1,"query":"q","variables":{"1a":"x"}}"#, #""1a" is no name"#),
    (#"{"cpc":1,"query":"q","variables":{"a":[]}}"#, "must be a string or a number"),
    (#"{"cpc":1,"query":"q","slot":"system"}"#, #""slot": "system" is none of user, first_user"#),
    (#"{"cpc":1,"query":"q","policy":{"budget":0}}"#, #""budget" must be an integer from 1"#),
    (#"{"cpc":1,"query":"q","policy":{"budget":"5k"}}"#, #""budget" must be an object"#),
    (#"{"cpc":1,"query":"q","policy":{"budget":{"token":5}}}"#, #"did you mean "tokens"?"#),
    (#"{"cpc":1,"query":"q","policy":{"budget":{"reserve":-1}}}"#, "an integer from 0"),
    (
      #"{"cpc":1,"query":"q","policy":{"budget":{"on_overflow":"cut"}}}"#,
      "none of drop, truncate, error"
    ),
    (
      #"{"cpc":1,"query":"q","policy":{"annotate":{"language":"english"}}}"#,
      #""language": "english" is none of auto, ar"#
    ),
    (#"{"cpc":1,"query":"q","policy":{"deduplicate":{"near":1}}}"#, "must be true or false"),
    (
      #"{"cpc":1,"query":"q","policy":{"deduplicate":{"near":true,"wording":{"whole":"[wie {source}]","part":"[wie {source}: {first} - {last}]","lines":"[wie {source}: {lines}: {first} - {last}]"}}}}"#,
      #""near" needs "edits""#
    ),
    (#"{"cpc":1,"query":"q","policy":{"annotate":{"count":0}}}"#, "an integer from 1 to 1000"),
    (
      #"{"cpc":1,"query":"q","policy":{"annotate":{"style":"rank"}}}"#,
      "none of top, ranking, scores, none"
    ),
    (#"{"cpc":1,"query":"q","policy":{"order":"cannonical"}}"#, #"did you mean "canonical"?"#),
    (#"{"cpc":1,"query":"q","policy":{"control_tokens":"drop"}}"#, "none of error, escape, keep"),
    (#"{"cpc":1,"query":"q","policy":{"normalize":{"line_ends":1}}}"#, "must be true or false"),
  ])
  func saysWhatIsWrongAndWhere(json: String, message: String) {
    let error = #expect(throws: CompilationError.self) { try Spec.parse(json) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func reportsSeveralFaultsInTheOrderOfTheirPlaces() {
    let error = #expect(throws: CompilationError.self) {
      try Spec.parse(
        """
        {
          "cpc": 1,
          "sytem": "x",
          "blocks": [
            { "text": 3 },
            { "text": "a", "pin": "middle" }
          ],
          "query": false
        }
        """)
    }
    let places = error?.diagnostics.map { "\($0.line ?? 0):\($0.column ?? 0)" }
    #expect(places == ["3:3", "5:15", "6:27", "8:12"])
  }

  @Test(arguments: [
    "chat_template", "documents", "add_generation_prompt", "continue_final_message",
    "add_special_tokens", "truncate_prompt_tokens",
  ])
  func refusesParametersThatChangeThePrompt(name: String) {
    #expect(throws: CompilationError.self) {
      try Spec.parse(#"{"cpc":1,"query":"q","parameters":{"\#(name)":1}}"#)
    }
  }

  @Test func reportsFiftyFaultsAndCountsTheRest() {
    let keys = (0..<1_000).map { "\"x\($0)\":1" }.joined(separator: ",")
    let error = #expect(throws: CompilationError.self) { try Spec.parse("{\"cpc\":1,\(keys)}") }
    #expect(error?.diagnostics.count == 51)
    #expect(error?.diagnostics.last?.message == "950 more faults")
  }

  @Test func refusesBytesThatAreNotUTF8() {
    let error = #expect(throws: CompilationError.self) {
      try Spec(jsonBytes: Array(#"{"cpc":1,"query":""#.utf8) + [0xC3, 0x28, 0x22, 0x7D], name: "x")
    }
    #expect(error?.description == "x:1:19: error: not UTF-8")
  }

  @Test func refusesNestingThatIsTooDeep() {
    let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
    let error = #expect(throws: CompilationError.self) {
      try Spec.parse(#"{"cpc":1,"query":"q","parameters":{"a":\#(deep)}}"#)
    }
    #expect(error?.description.contains("nested more than 512 levels deep") == true)
  }

  @Test func readsEverything() throws {
    let spec = try Spec.parse(
      """
      {"cpc":1,"model":"qwen3","system":"s","tools":[{"type":"function"}],
       "blocks":[{"id":"a","text":"t","title":"T","importance":0.5,"pin":"keep","metadata":{"x":[1]}}],
       "conversation":[{"role":"user","content":[{"type":"text","text":"u"}],"name":"n"}],
       "query":"q","variables":{"v":"1","w":2},"parameters":{"temperature":0},
       "template_kwargs":{"enable_thinking":false},"slot":"user","tenant":"t1","conversation_id":"c1",
       "policy":{"order":"importance","annotate":{"style":"scores","count":3},"control_tokens":"keep",
         "normalize":{"form":"none","line_ends":false,"controls":false},"deduplicate":{"blocks":false}}}
      """)
    #expect(spec.model == "qwen3")
    #expect(spec.blocks[0].importance == 0.5)
    #expect(spec.blocks[0].pin == .keep)
    #expect(spec.conversation[0].members.map(\.key) == ["name"])
    #expect(spec.variables.map(\.value) == ["1", "2"])
    #expect(spec.parameters.map(\.key) == ["temperature"])
    #expect(spec.tenant == "t1")
    #expect(spec.conversationID == "c1")
    #expect(spec.policy.order == .importance)
    #expect(spec.policy.annotation.style == .scores)
    #expect(spec.policy.annotation.count == 3)
    #expect(spec.policy.controlTokens == .keep)
    #expect(spec.policy.normalization.form == .none)
    #expect(!spec.policy.normalization.unifiesLineEnds)
    #expect(!spec.policy.deduplication.unifiesBlocks)
  }

  @Test func readsHowToFold() throws {
    let file = Shared.packageRoot + "/Fixtures/specs/valid/folding.json"
    let policy = try Spec(jsonBytes: try Files.read(file), name: "folding.json").policy
      .deduplication
    #expect(policy.folding.level == .chunk)
    #expect(policy.folding.minimumTokens == 40)
    #expect(policy.folding.comparison == .whiteSpace)
    #expect(policy.folding.foldsNearDuplicates)
    #expect(!policy.foldsToolResults)
    #expect(policy.wording.templates.whole == "[wie {source}]")
    #expect(policy.wording.templates.edits == "[wie {source}, nur: {edits}]")
    #expect(!Policy.Deduplication().folding.foldsNearDuplicates)
  }

  @Test func neverTrapsOnDamagedSpecs() throws {
    let seed = try Files.read(Shared.packageRoot + "/Fixtures/quickstart/spec.json")
    var generator = SeededGenerator(seed: 20)
    for _ in 0..<3_000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(contentsOf: seed.dropFirst(index).prefix(40), at: index)
        }
      }
      _ = try? Spec(jsonBytes: bytes, name: "x", files: nil)
    }
  }
}
