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
}
