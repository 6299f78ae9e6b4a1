import Bytes
import ContextIndex
import OrderedJSON

/// What each cache found of each prompt, as lines of JSON.
struct SimulatedPromptList {
  private let file: OutputFile
  private let sizes: Set<CacheSize>
  private var source = ""
  private var number = 0
  private var lines: [UInt8] = []

  /// Makes the file.
  ///
  /// - Parameter sizes: of which caches it tells.
  init(path: String, sizes: Set<CacheSize>) throws(FileError) {
    try Files.makeFolder(Paths.folder(of: path))
    file = try OutputFile(path: path)
    self.sizes = sizes
  }

  /// The prompts that follow are those of `source`, numbered from 0.
  mutating func begin(_ source: String) {
    self.source = source
    number = 0
  }

  /// Adds a line for each size of a cache.
  mutating func append(
    _ prompt: SimulatedPrompt, _ model: CacheModel, _ hits: some Sequence<(CacheSize, Int)>
  ) {
    for (size, hits) in hits where sizes.contains(size) {
      let line = JSONValue.object([
        "file": .string(ByteString(source)),
        "index": .integer(number),
        "cache_model": .string(ByteString(model.description)),
        "cache_tokens": size.tokens.map { .integer($0) } ?? .null,
        "prompt_tokens": .integer(prompt.tokenCount),
        "hit_tokens": .integer(hits),
      ])
      lines += JSONWriter.write(line) + [UInt8(ascii: "\n")]
    }
  }

  /// Ends the prompt.
  mutating func end() {
    number += 1
  }

  /// Writes the lines of a source.
  mutating func flush() throws(FileError) {
    try file.write(lines)
    lines = []
  }
}
