import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct VocabularyCatalogTests {
  private static let folder = Shared.packageRoot + "/tokenizers"

  @Test func shippedFilesHaveTheDigestsOfTheManifest() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    let shipped = catalog.manifest.files.filter(\.isShipped)
    #expect(shipped.count >= 5)
    for file in shipped { #expect(try catalog.unpacked(file).count == file.size) }
  }

  @Test func everyVocabularyHasAConfigurationAndAFile() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    for (name, _) in catalog.manifest.vocabularies {
      #expect(catalog.manifest.file(ofVocabulary: name) != nil)
      let configuration = try catalog.configuration(of: name)
      #expect(configuration.name == name)
      #expect(!configuration.configuration.addedTokens.isEmpty)
    }
    for (_, target) in catalog.manifest.aliases {
      #expect(catalog.manifest.vocabulary(named: target) == target)
    }
  }

  @Test func unpacksOnceIntoTheCacheAndPassesOverStaleFiles() throws {
    try Command.withTemporaryFolder { folder in
      for name in ["manifest.json", "qwen3.json", "qwen.vocab.zst"] {
        try Files.writeAtomically(try Files.read("\(Self.folder)/\(name)"), to: "\(folder)/\(name)")
      }
      try Files.writeAtomically(Array("stale".utf8), to: folder + "/qwen.vocab")
      let catalog = try VocabularyCatalog(folder: folder, cacheFolder: folder + "/cache")
      #expect(try catalog.open("qwen3").tokenCount == 151_669)
      let file = try #require(catalog.manifest.file(ofVocabulary: "qwen3"))
      let cached = try #require(catalog.path(of: file))
      #expect(cached.hasPrefix(folder + "/cache/qwen-"))
      // A truncated cache file is passed over and made anew.
      try Files.writeAtomically(Array(try Files.read(cached).prefix(1_000)), to: cached)
      #expect(catalog.path(of: file) == nil)
      #expect(try catalog.open("qwen3").verify())
      #expect(try Files.read(cached).count == file.size)
    }
  }

  @Test func saysHowToGetAVocabularyThatDoesNotShip() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    let error = #expect(throws: VocabularyError.self) { try catalog.open("llama3.2") }
    #expect(error?.message.contains("cpc vocabulary pull llama3.1") == true)
  }

  @Test func refusesASourceThatIsNotTheManifests() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    let file = try #require(catalog.manifest.file(ofVocabulary: "cl100k"))
    let error = #expect(throws: VocabularyError.self) {
      try catalog.build(file, from: Array("YQ== 0".utf8))
    }
    #expect(error?.message.contains("SHA-256") == true)
  }

  @Test func namesTheVocabulariesThatThereAre() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    let error = #expect(throws: VocabularyError.self) { try catalog.open("qwen9") }
    #expect(error?.message.contains("qwen3") == true)
  }
}
