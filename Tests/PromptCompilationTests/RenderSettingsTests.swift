import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// What compiling gives the chat template beside the conversation, and what of it the body carries.
@Suite struct RenderSettingsTests {
  private static let spec = #"{"cpc":1,"query":"Hi"}"#

  /// Compiles for a model with the tokenizer of Qwen3, a template and further members of its profile.
  private static func compile(
    _ spec: String = spec, template: String, profile: String = "",
    _ settings: RenderSettings = RenderSettings()
  ) throws -> CompiledPrompt {
    let text =
      #"{"name":"m","vocabulary":"qwen3","template":"t","special_tokens":{},"context_length":999"#
      + profile + "}"
    let model = Model(
      profile: try ModelProfile(Array(text.utf8), source: "m.json"),
      tokenizer: try Qwen3.model.get().tokenizer,
      templates: ModelTemplates(try ModelTemplate(source: Array(template.utf8), name: "t")))
    return try PromptCompiler(model: model, rendering: settings).compile(try Spec.parse(spec))
  }

  private static func arguments(of prompt: CompiledPrompt) throws -> String? {
    try JSONParser.parse(try prompt.emit(.openai))["chat_template_kwargs"].map {
      String(decoding: JSONWriter.write($0.value), as: UTF8.self)
    }
  }

  private static func json(_ text: String) throws -> [JSONMember] {
    try JSONParser.parse(Array(text.utf8)).members ?? []
  }

  // MARK: Keyword arguments

  private static let keeping = "{{ keep }}{{ x }}{{ messages[0].content }}"
  private static let pinned = #","append_only":{"keep":true}"#

  @Test func whatKeepsHistoryAppendOnlyIsGivenUnlessTheUserSetsIt() throws {
    let byDefault = try Self.compile(template: Self.keeping, profile: Self.pinned)
    #expect(byDefault.string == "TrueHi")
    #expect(try Self.arguments(of: byDefault) == #"{"keep":true}"#)
    let spec = #"{"cpc":1,"query":"Hi","template_kwargs":{"keep":false,"x":1}}"#
    let bySpec = try Self.compile(spec, template: Self.keeping, profile: Self.pinned)
    #expect(bySpec.string == "False1Hi")
    #expect(try Self.arguments(of: bySpec) == #"{"keep":false,"x":1}"#)
    let own = RenderSettings(keywordArguments: try Self.json(#"{"keep":0,"y":2}"#))
    let byUser = try Self.compile(spec, template: Self.keeping, profile: Self.pinned, own)
    #expect(byUser.string == "01Hi")
    #expect(try Self.arguments(of: byUser) == #"{"x":1,"keep":0,"y":2}"#)
  }

  // MARK: Dates

  private static let dated =
    "{{ date_string | default(strftime_now('%d %b %Y')) }} {{ messages[0].content }}"
  private static let date = #","date":{"argument":"date_string","value":"26 Jul 2024"}"#
  private static let now = RenderSettings(clock: TemplateClock(year: 2025, month: 3, day: 5))

  @Test func theDateOfTheProfileStandsInPromptAndBody() throws {
    let prompt = try Self.compile(template: Self.dated, profile: Self.date)
    #expect(prompt.string == "26 Jul 2024 Hi")
    #expect(try Self.arguments(of: prompt) == #"{"date_string":"26 Jul 2024"}"#)
    #expect(prompt.seal.isExact && prompt.warnings.isEmpty && prompt.seal.clock == nil)
  }

  @Test(arguments: [date, ""])
  func aDateOfTheUsersStandsInPromptAndBody(profile: String) throws {
    let prompt = try Self.compile(template: Self.dated, profile: profile, Self.now)
    #expect(prompt.string == "05 Mar 2025 Hi")
    #expect(try Self.arguments(of: prompt) == #"{"date_string":"05 Mar 2025"}"#)
    #expect(prompt.seal.isExact && prompt.warnings.isEmpty && prompt.seal.clock == nil)
  }

  @Test func anArgumentOfTheUsersStandsBeforeTheDate() throws {
    let own = RenderSettings(
      keywordArguments: try Self.json(#"{"date_string":"today"}"#), clock: Self.now.clock)
    let prompt = try Self.compile(template: Self.dated, profile: Self.date, own)
    #expect(prompt.string == "today Hi")
    #expect(try Self.arguments(of: prompt) == #"{"date_string":"today"}"#)
    #expect(prompt.seal.isExact)
  }

  private static let clocked = "{{ strftime_now('%Y-%m-%d') }} {{ messages[0].content }}"

  @Test func aTimeThatNoArgumentPinsIsNotExact() throws {
    let prompt = try Self.compile(
      template: Self.clocked, profile: #","clock":"2025-06-20T00:00:00""#)
    #expect(prompt.string == "2025-06-20 Hi")
    #expect(try Self.arguments(of: prompt) == nil)
    #expect(!prompt.seal.isExact)
    #expect(prompt.seal.reasons.count == 1)
    #expect(prompt.seal.reasons.first?.contains("no argument pins it") == true)
    #expect(prompt.warnings.map(\.message) == prompt.seal.reasons)
    let report = try JSONParser.parse(prompt.report())
    #expect(report["seal"]?["template"]?["clock"]?.string == "2025-06-20T00:00:00")
    #expect(report["seal"]?["exact"]?.bool == false)
    #expect(try Self.compile(template: Self.clocked, Self.now).string == "2025-03-05 Hi")
  }

  @Test func aTimeThatNobodyChoseIsWarnedOf() throws {
    let prompt = try Self.compile(template: Self.clocked)
    #expect(prompt.string == "1970-01-01 Hi")
    #expect(prompt.warnings.count == 2)
    #expect(prompt.warnings.first?.message.contains("give --now") == true)
    let pinned = try Self.compile(template: Self.dated)
    #expect(pinned.warnings.count == 1)
    #expect(pinned.seal.isExact)
  }

  @Test func aTemplateThatAsksForTheTimeAndDoesNotPrintItIsExact() throws {
    let template = "{% set now = strftime_now('%Y') %}{{ messages[0].content }}"
    let prompt = try Self.compile(template: template)
    #expect(prompt.seal.isExact && prompt.warnings.isEmpty && prompt.seal.clock == nil)
  }

  // MARK: Endings

  private static let answered =
    #"{"cpc":1,"blocks":[{"id":"a","text":"A"}],"conversation":["#
    + #"{"role":"user","content":"Q"},{"role":"assistant","content":"Well, "}]}"#

  @Test func anAnswerThatHasBegunStaysOpen() throws {
    let compiler = PromptCompiler(
      model: try Qwen3.model.get(), rendering: RenderSettings(ending: .openMessage))
    let prompt = try compiler.compile(try Spec.parse(Self.answered))
    #expect(
      prompt.string
        == "<|im_start|>user\n<doc id=\"a\">\nA\n</doc>\nQ<|im_end|>\n"
        + "<|im_start|>assistant\n<think>\n\n</think>\n\nWell, ")
    let body = String(decoding: try prompt.emit(.openai), as: UTF8.self)
    #expect(
      body.hasSuffix(
        #"{"role":"assistant","content":"Well, "}],"add_generation_prompt":false,"#
          + #""continue_final_message":true}"#))
    #expect(prompt.section(.turn)?.label == "1")
    #expect(prompt.section(.closing) == nil)
  }

  @Test func aPromptMayEndWithItsLastMessage() throws {
    let compiler = PromptCompiler(
      model: try Qwen3.model.get(), rendering: RenderSettings(ending: .lastMessage))
    let prompt = try compiler.compile(try Spec.parse(Self.spec))
    #expect(prompt.string == "<|im_start|>user\nHi<|im_end|>\n")
    let body = String(decoding: try prompt.emit(.openai), as: UTF8.self)
    #expect(body.hasSuffix(#"],"add_generation_prompt":false}"#))
    #expect(throws: CompilationError.self) { try prompt.emit(.anthropic) }
    let conversation = Self.answered.replacing(#""blocks":[{"id":"a","text":"A"}],"#, with: "")
    let whole = try compiler.compile(try Spec.parse(conversation))
    #expect(whole.string.hasSuffix("\n\nWell, <|im_end|>\n"))
  }

  private static let assistant =
    #"{"cpc":1,"conversation":[{"role":"assistant","content":"x"}]}"#

  @Test(arguments: [
    (assistant, PromptEnding.generationPrompt, "spec.json:1:26: error: the conversation ends with"),
    (answered, .lastMessage, "error: blocks go into the current user message"),
    (spec, .openMessage, "spec.json:1:18: error: there is no message to continue"),
    (#"{"cpc":1,"system":"s"}"#, .openMessage, "error: there is no message to continue"),
  ])
  func endingsThatAConversationCannotHaveAreRefused(
    spec: String, ending: PromptEnding, message: String
  ) throws {
    let compiler = PromptCompiler(
      model: try Qwen3.model.get(), rendering: RenderSettings(ending: ending))
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile(try Spec.parse(spec))
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
