internal import Bytes
internal import OrderedJSON

extension ModelFolder {
  /// The special tokens that `transformers` puts in front of a text; nil if the files do not tell, or something
  /// comes behind it too.
  ///
  /// The classes that come of Llama's tokenizer go by `add_bos_token`, which is true if it is not there. Others
  /// go by the post-processor of `tokenizer.json`.
  ///
  /// - Throws: `CompilationError` if a file cannot be read, or is no JSON.
  func textPrefix() throws(CompilationError) -> [ByteString]? {
    guard configuration["add_eos_token"]?.bool != true else { return nil }
    if configuration["tokenizer_class"]?.string.map(Self.isOfLlama) == true {
      guard configuration["add_bos_token"]?.bool ?? true else { return [] }
      return try specialTokens().first { $0.key == "bos_token" }?.node.string.map { [$0] }
    }
    guard let tokenizer = try Self.json(path + "/tokenizer.json") else { return nil }
    return Self.prefix(of: tokenizer["post_processor"] ?? JSONNode(.null))
  }

  private static func isOfLlama(_ name: ByteString) -> Bool {
    let classes: [ByteString] = [
      "LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast",
      "GemmaTokenizer", "GemmaTokenizerFast",
    ]
    return classes.contains(name)
  }

  /// What a post-processor puts in front of one text; nil if it is none of those that are known.
  private static func prefix(of processor: JSONNode) -> [ByteString]? {
    guard !processor.isNull else { return [] }
    switch processor["type"]?.string {
    case "ByteLevel": return []
    case "Sequence":
      // Each works on what the one before made: the later one's tokens come first.
      var prefix: [ByteString] = []
      for inner in processor["processors"]?.elements ?? [] {
        guard let tokens = Self.prefix(of: inner) else { return nil }
        prefix = tokens + prefix
      }
      return prefix
    case "TemplateProcessing": return prefix(ofTemplate: processor)
    default: return nil
    }
  }

  private static func prefix(ofTemplate processor: JSONNode) -> [ByteString]? {
    var prefix: [ByteString] = []
    var pieces = (processor["single"]?.elements ?? [])[...]
    while let name = pieces.first?["SpecialToken"]?["id"]?.string {
      let tokens = processor["special_tokens"]?[name]?["tokens"]?.elements ?? []
      let texts = tokens.compactMap(\.string)
      guard texts.count == tokens.count, !texts.isEmpty else { return nil }
      prefix += texts
      pieces = pieces.dropFirst()
    }
    return pieces.count == 1 && pieces.first?["Sequence"] != nil ? prefix : nil
  }
}
