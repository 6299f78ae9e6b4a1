import Bytes
import PromptCompilation
import TestSupport
import Testing

@Suite struct ModelCatalogTests {
  private static func withCatalog<Result>(
    _ profiles: [(name: String, text: String)], _ body: (ModelCatalog) throws -> Result
  ) throws -> Result {
    try Command.withTemporaryFolder { folder in
      try Files.makeFolder(folder + "/templates")
      for (name, text) in profiles {
        try Files.writeAtomically(Array(text.utf8), to: "\(folder)/templates/\(name).json")
      }
      return try body(try ModelCatalog(in: DataFolder(path: folder)))
    }
  }

  private static func profile(_ name: String, aliases: String = "") -> (String, String) {
    (
      name,
      #"{"name":"\#(name)","aliases":[\#(aliases)],"vocabulary":"v","template":"t","#
        + #""special_tokens":{},"context_length":1}"#
    )
  }

  @Test func listsProfilesByName() throws {
    let profiles = [Self.profile("m2"), Self.profile("M1"), Self.profile("m10")]
    try Self.withCatalog(profiles) { catalog in
      let names = try catalog.profiles().map(\.name)
      #expect(names == ["M1", "m10", "m2"])
    }
  }

  @Test func aliasesLeadToTheirModelAndNamesStandBeforeThem() throws {
    let profiles = [Self.profile("a", aliases: #""b", "c""#), Self.profile("b")]
    try Self.withCatalog(profiles) { catalog in
      for (name, model) in [("c", "a"), ("b", "b"), ("d", nil)] as [(ByteString, ByteString?)] {
        let profile = try catalog.profile(of: name)
        #expect(profile?.name == model)
      }
    }
  }

  @Test func theNameIsThatOfTheFile() throws {
    try Self.withCatalog([("x", Self.profile("y").1)]) { catalog in
      let error = #expect(throws: CompilationError.self) { try catalog.profile(of: "x") }
      #expect(error?.description.contains("x.json: error: the name in it, \"y\"") == true)
    }
  }

  /// Names that people use of models of which there are several.
  @Test(arguments: [
    ("mistral", "mistral-nemo"), ("deepseek", "deepseek-v3.1"), ("glm", "glm-4.6"),
    ("minimax", "minimax-m2"), ("llama3.3", "llama3.1"),
  ])
  func commonNamesLeadToTheModelThatIsMeant(name: String, model: String) throws {
    let catalog = try ModelCatalog(in: DataFolder(path: Shared.packageRoot))
    guard try catalog.profiles().contains(where: { $0.name.string == model }) else { return }
    let profile = try catalog.profile(of: ByteString(name))
    #expect(profile?.name.string == model)
  }

  @Test func shippedTemplatesThatPrintTheTimeHaveItPinned() throws {
    let catalog = try ModelCatalog(in: DataFolder(path: Shared.packageRoot))
    for profile in try catalog.profiles() {
      let template = try catalog.template(of: profile).template
      let isPinned = profile.date != nil || profile.clock != nil
      #expect(isPinned || !template.mentionsClock, "\(profile.name)")
    }
  }

  @Test func shippedProfilesAreWholeAndNoNameIsGivenTwice() throws {
    let catalog = try ModelCatalog(in: DataFolder(path: Shared.packageRoot))
    let profiles = try catalog.profiles()
    #expect(profiles.contains { $0.name == "qwen3" })
    let names = profiles.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    for profile in profiles {
      #expect(throws: Never.self) { try catalog.template(of: profile) }
    }
  }
}
