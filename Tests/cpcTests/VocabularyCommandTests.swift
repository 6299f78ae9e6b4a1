import Bytes
import OrderedJSON
import TestSupport
import Testing
import Tokenization

/// `cpc vocabulary` as users and programs run it.
@Suite struct VocabularyCommandTests {
  private static let catalog = try? VocabularyCatalog(
    folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)

  @Test(
    arguments: [
      ("qwen3", "qwen3"), ("qwen2", "qwen2.5"), ("qwen2.5", "qwen2.5"), ("qwen3.5", "qwen3.5"),
      ("qwen3.6", "qwen3.5"), ("llama3", "llama3"), ("llama3.1", "llama3.1"),
      ("llama3.2", "llama3.1"), ("llama3.3", "llama3.1"), ("llama4", "llama4"),
      ("gpt-oss", "gpt-oss"), ("gpt-4o", "o200k"), ("gpt-4", "cl100k"), ("mistral", "tekken"),
      ("mistral-nemo", "tekken"), ("deepseek-v3", "deepseek-v3"), ("deepseek-r1", "deepseek-r1"),
      ("deepseek-v3.1", "deepseek-v3.1"), ("deepseek-v4", "deepseek-v4"),
      ("deepseek", "deepseek-v3.1"), ("glm", "glm-4.5"), ("glm-4.5", "glm-4.5"),
      ("glm-4.6", "glm-4.5"), ("glm-4.7", "glm-4.7"), ("minimax", "minimax"),
      ("minimax-m2", "minimax"), ("minimax-m3", "minimax-m3"), ("o200k", "o200k"),
      ("cl100k", "cl100k"), ("tekken", "tekken"),
    ] as [(ByteString, ByteString)])
  func knowsTheNamesThatPeopleUse(name: ByteString, vocabulary: ByteString) throws {
    let catalog = try #require(Self.catalog)
    #expect(catalog.manifest.vocabulary(named: name) == vocabulary)
    #expect(catalog.manifest.file(ofVocabulary: vocabulary) != nil)
  }

  @Test func noNameStandsTwice() throws {
    let manifest = try #require(Self.catalog).manifest
    let names = manifest.vocabularies.map(\.name) + manifest.aliases.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: ["phi-4", "gemma-3", "kimi-k2"])
  func saysThatAVocabularyHasToComeFromTheUser(name: String) throws {
    for arguments in [["tokens", "count", "--model", name, "-"], ["vocabulary", "pull", name]] {
      let result = try Command.run(arguments)
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors.hasPrefix("\(name): error: this vocabulary neither ships"))
      #expect(result.errors.contains(".gguf"))
    }
  }

  @Test func namesWhatThereIsForAnUnknownName() throws {
    let result = try Command.cpc("vocabulary", "info", "qwen9")
    #expect(result.status == 2)
    #expect(result.errors.contains("no vocabulary is called qwen9; there are: qwen3, "))
    #expect(result.errors.contains("gpt-4o"))
  }

  @Test func listsAndShowsAsJSON() throws {
    let list = try JSONParser.parse(
      Array(try Command.cpc("vocabulary", "list", "--format", "json").output.utf8))
    guard case .array(let entries)? = list["vocabularies"]?.value else {
      Issue.record("no list")
      return
    }
    #expect(entries.count == (try #require(Self.catalog)).manifest.vocabularies.count)
    let info = try JSONParser.parse(
      Array(try Command.cpc("vocabulary", "info", "--format", "json", "gpt-4").output.utf8))
    for key in ["name", "sha256", "tokens", "merges", "split", "file_size", "licence", "sources"] {
      #expect(info[ByteString(key)] != nil, "\(key)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func writesCompletions(shell: String) throws {
    let result = try Command.cpc("--generate-completion-script", shell)
    #expect(result.status == 0)
    #expect(result.output.contains("tokens"))
    #expect(result.output.contains("skip-special"))
  }

  /// A data folder of which one vocabulary is there in compressed form alone, and an empty cache.
  private func withCompressedVocabulary(
    _ body: (_ environment: [String: String], _ cached: String) throws -> Void
  ) throws {
    let tokenizers = Shared.packageRoot + "/tokenizers"
    let file = try #require(Self.catalog?.manifest.file(ofVocabulary: "cl100k"))
    try Command.withTemporaryFolder { folder in
      try Files.makeFolder(folder + "/tokenizers")
      try Files.makeFolder(folder + "/templates")
      for name in ["manifest.json", "cl100k.json", "cl100k.vocab.zst"] {
        try Files.writeAtomically(
          try Files.read("\(tokenizers)/\(name)"), to: "\(folder)/tokenizers/\(name)")
      }
      let cached = "\(folder)/cache/cpc/cl100k-\(file.digest.string.prefix(16)).vocab"
      try body(["CPC_DATA": folder, "XDG_CACHE_HOME": folder + "/cache"], cached)
    }
  }

  @Test func findsAndMendsADamagedFileInTheCache() throws {
    try withCompressedVocabulary { environment, cached in
      let count = ["tokens", "count", "--model", "gpt-4", "-"]
      #expect(try Command.run(count, input: "hi", environment: environment).output == "1\n")
      var bytes = try Files.read(cached)
      bytes[bytes.count / 2] ^= 1
      try Files.writeAtomically(bytes, to: cached)
      let verify = ["vocabulary", "verify", "--offline"]
      let damaged = try Command.run(verify, environment: environment)
      #expect(damaged.status == 1)
      #expect(damaged.output.hasPrefix("cl100k\tdiffers\t"))
      #expect(damaged.errors.hasPrefix("\(cached): error: damaged: remove it"))
      // One that is cut short is passed over and made anew.
      try Files.writeAtomically(Array(bytes.prefix(1_000)), to: cached)
      #expect(try Command.run(count, input: "hi", environment: environment).output == "1\n")
      #expect(try Command.run(verify, environment: environment).status == 0)
    }
  }

  @Test func worksWithoutACacheFolderAndSaysSoWhereItNeedsOne() throws {
    try withCompressedVocabulary { environment, _ in
      var environment = environment
      environment["XDG_CACHE_HOME"] = "/dev/null"
      let count = ["tokens", "count", "--model", "gpt-4", "-"]
      #expect(try Command.run(count, input: "hi", environment: environment).output == "1\n")
      let pull = try Command.run(["vocabulary", "pull", "llama3"], environment: environment)
      #expect(pull.status == 2)
      #expect(pull.errors == "/dev/null/cpc: error: cannot make the folder: Not a directory\n")
    }
  }

  @Test func findsModelsInTheHuggingFaceCache() throws {
    try Command.withTemporaryFolder { folder in
      let model = folder + "/hub/models--a--b"
      try Files.makeFolder(model + "/refs")
      try Files.makeFolder(model + "/snapshots/r1")
      try Files.writeAtomically(Array("r1".utf8), to: model + "/refs/main")
      let count = ["tokens", "count", "--model", "a/b", "-"]
      for environment in [["HF_HOME": folder], ["HF_HUB_CACHE": folder + "/hub"]] {
        let result = try Command.run(count, environment: environment)
        #expect(
          result.errors.hasPrefix("\(model)/snapshots/r1: error: holds no tokenizer.json"))
      }
      let other = ["tokens", "count", "--model", "a/c", "-"]
      let missing = try Command.run(other, environment: ["HF_HOME": folder])
      #expect(
        missing.errors
          == "a/c: error: no such folder, and not in \(folder)/hub: run `hf download a/c`\n")
    }
  }
}
