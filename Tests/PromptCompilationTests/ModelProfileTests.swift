import Bytes
import PromptCompilation
import TestSupport
import Testing

@Suite struct ModelProfileTests {
  private static let whole = #"""
    {
      "name": "m", "aliases": ["m1", "m-2"], "vocabulary": "v", "template": "t.jinja",
      "special_tokens": {"eos_token": "</s>"}, "context_length": 8192, "cache_model": "paged:528",
      "append_only": {"preserve_thinking": true}, "text_prefix": ["<s>"],
      "date": {"argument": "date_string", "value": "26 Jul 2024"},
      "clock": "2024-07-26T01:02:03"
    }
    """#

  @Test func readsEveryField() throws {
    let profile = try ModelProfile(Array(Self.whole.utf8), source: "m.json")
    #expect(profile.name == "m")
    #expect(profile.aliases == ["m1", "m-2"])
    #expect(profile.vocabulary == "v")
    #expect(profile.templateFile == "t.jinja")
    #expect(profile.specialTokens.map(\.key) == ["eos_token"])
    #expect(profile.textPrefix == ["<s>"])
    #expect(profile.contextLength == 8192)
    #expect(profile.cacheModel == .paged(pageSize: 528))
    #expect(profile.appendOnlyArguments.map(\.key) == ["preserve_thinking"])
    #expect(profile.date?.argument == "date_string")
    #expect(profile.date?.value == "26 Jul 2024")
    #expect(profile.clock?.description == "2024-07-26T01:02:03")
  }

  @Test func whatIsOptionalMayBeLeftOut() throws {
    let text =
      #"{"name":"m","vocabulary":"v","template":"t","special_tokens":{},"context_length":1}"#
    let profile = try ModelProfile(Array(text.utf8), source: "m.json")
    #expect(profile.aliases.isEmpty && profile.appendOnlyArguments.isEmpty)
    #expect(profile.date == nil && profile.clock == nil && profile.textPrefix == nil)
    #expect(profile.cacheModel == .paged(pageSize: 16))
  }

  @Test(arguments: [
    (#""name": "m""#, #""name": "../m""#, "m.json:2:11: error: \"name\" must be of ASCII"),
    (#""name": "m", "#, "", "m.json:1:1: error: \"name\" is missing"),
    (#"["m1", "m-2"]"#, #"["m1", 2]"#, "m.json:2:34: error: an alias must be a string"),
    (#""t.jinja""#, #""a/t.jinja""#, "m.json:2:73: error: \"template\" must be of ASCII"),
    (#""</s>""#, "7", "m.json:3:35: error: \"eos_token\" must be a string, not"),
    ("8192", "0", "m.json:3:62: error: \"context_length\" must be an integer from 1"),
    (#""paged:528""#, #""paged""#, "m.json:3:83: error: \"cache_model\" must be one of radix, "),
    ("preserve_thinking", "messages", "m.json:4:19: error: \"append_only\": \"messages\" is no"),
    (
      #""argument": "date_string", "#, "",
      "m.json:5:11: error: \"date\" needs an \"argument\" and a \"value\""
    ),
    ("01:02:03", "25:00", "m.json:6:12: error: \"clock\" must be a local time"),
    (#""clock""#, #""clok""#, "m.json:6:3: error: unknown key \"clok\" (did you mean \"clock\"?)"),
  ])
  func namesFileAndFieldOfWhatIsWrong(old: String, new: String, message: String) throws {
    #expect(Self.whole.contains(old))
    let text = Self.whole.replacing(old, with: new)
    let error = #expect(throws: CompilationError.self) {
      try ModelProfile(Array(text.utf8), source: "m.json")
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func reportsAllFaultsAtOnce() throws {
    let error = #expect(throws: CompilationError.self) {
      try ModelProfile(Array(#"{"name": 1, "clock": 2}"#.utf8), source: "m.json")
    }
    #expect(error?.diagnostics.count == 6)
  }
}
