import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct VocabularyCatalogTests {
  private static let folder = Shared.packageRoot + "/tokenizers"

  @Test func shippedVocabulariesHaveTheDigestsOfTheManifest() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    #expect(!catalog.manifest.entries.isEmpty)
    for entry in catalog.manifest.entries {
      #expect(try catalog.unpacked(entry).count == entry.size)
      #expect(!entry.sources.isEmpty)
    }
  }

  @Test func unpacksOnceIntoTheCacheAndPassesOverStaleFiles() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(
        try Files.read(Self.folder + "/manifest.json"), to: folder + "/manifest.json")
      try Files.writeAtomically(
        try Files.read(Self.folder + "/qwen3.vocab.zst"), to: folder + "/qwen3.vocab.zst")
      try Files.writeAtomically(Array("stale".utf8), to: folder + "/qwen3.vocab")
      let cache = folder + "/cache"
      let catalog = try VocabularyCatalog(folder: folder, cacheFolder: cache)
      let first = try catalog.open("qwen3")
      #expect(first.tokenCount == 151_669)
      let entry = try #require(catalog.manifest.entries.first)
      let cached = "\(cache)/qwen3-\(entry.digest.string.prefix(16)).vocab"
      #expect(Files.exists(cached))
      // A truncated cache file is passed over and made anew.
      try Files.writeAtomically(Array(try Files.read(cached).prefix(1_000)), to: cached)
      #expect(try catalog.open("qwen3").verify())
      #expect(try Files.read(cached).count == entry.size)
    }
  }

  @Test func namesTheVocabulariesThatThereAre() throws {
    let catalog = try VocabularyCatalog(folder: Self.folder, cacheFolder: nil)
    let error = #expect(throws: VocabularyError.self) { try catalog.open("qwen9") }
    #expect(error?.message.contains("qwen3") == true)
  }
}
