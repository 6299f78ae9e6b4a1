internal import Bytes

/// Reads a tiktoken rank file of a model folder. The file does not say how text is split; the model's own
/// code does, so only the code that is known is taken for it.
struct RankFolderReader {
  /// What `tokenizer_config.json` beside the file says.
  let configuration: TokenizerConfiguration
  /// The rank files that vocabularies have names for; nil if nothing is known of them.
  let manifest: VocabularyManifest?

  /// Kimi's split pattern (`tokenization_kimi.py`): runs of ideographs, words by case without them, up
  /// to 3 digits.
  static let kimiPattern: ByteString = {
    let prefix = #"[^\r\n\p{L}\p{N}]?"#
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
    let contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    let alternatives = [
      #"[\p{Han}]+"#, "\(prefix)\(upper)*\(lower)+\(contraction)",
      "\(prefix)\(upper)+\(lower)*\(contraction)", #"\p{N}{1,3}"#, #" ?[^\s\p{L}\p{N}]+[\r\n]*"#,
      #"\s*[\r\n]+"#, #"\s+(?!\S)"#, #"\s+"#,
    ]
    return ByteString(alternatives.joined(separator: "|"))
  }()

  /// The tokens that Kimi's code adds behind the ranks, whether they have names or not.
  private static let kimiReservedCount = 256

  /// Whether a file begins as rank files do: a token in base 64, a blank, a number.
  static func isRankFile(_ bytes: [UInt8]) -> Bool {
    let line = bytes.prefix(2 * TiktokenReader.lengthLimit).prefix { $0 != UInt8(ascii: "\n") }
    let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    return fields.count == 2 && !fields[0].isEmpty && Base64.decode(fields[0]) != nil
      && Int(String(decoding: fields[1], as: UTF8.self)) != nil
  }

  /// Returns the tokens, the merges that the ranks imply, and the configuration.
  ///
  /// - Throws: `VocabularyError` with the line that is wrong, or that it is not known how the model splits
  ///   text; if the file is that of a vocabulary with a name, then with that name.
  func read(
    _ bytes: [UInt8], source: String, name: ByteString
  ) throws(VocabularyError) -> VocabularyDescription {
    let classes: [ByteString] = [
      "tokenization_kimi.TikTokenTokenizer", "tokenization_moonshot.TikTokenTokenizer",
    ]
    guard let code = configuration.codeClass, classes.contains(code) else {
      throw VocabularyError(source: source, message: unknownSplit(bytes))
    }
    let tokens = try TiktokenReader.read(bytes, source: source)
    guard tokens.count + Self.kimiReservedCount <= VocabularyFormat.tokenLimit else {
      throw VocabularyError(
        source: source, message: "more than \(VocabularyFormat.tokenLimit) tokens")
    }
    return VocabularyDescription(
      name: name, tokens: tokens, merges: VocabularyDescription.merges(ofRanked: tokens),
      configuration: VocabularyConfiguration(
        normalization: .none, splitPatterns: [Self.kimiPattern], ignoresMerges: true,
        addedTokens: try addedTokens(behind: tokens)))
  }

  /// The tokens of the configuration, and of those behind the ranks that have no name there.
  private func addedTokens(
    behind tokens: [ByteString]
  ) throws(VocabularyError) -> [AddedToken] {
    var added = configuration.addedTokens
    for token in added where Int(token.id) < tokens.count && !tokens[Int(token.id)].isEmpty {
      throw configuration.conflict(token, "has the id of a token of the rank file")
    }
    let named = Set(added.map(\.id))
    for id in UInt32(tokens.count)..<UInt32(tokens.count + Self.kimiReservedCount)
    where !named.contains(id) {
      added.append(AddedToken(id: id, content: ByteString("<|reserved_token_\(id)|>")))
    }
    return added.sorted { $0.id < $1.id }
  }

  private func unknownSplit(_ bytes: [UInt8]) -> String {
    let digest = ByteString(Digest(of: bytes).hexadecimal)
    let files = manifest?.files.filter { $0.sources.contains { $0.sha256 == digest } } ?? []
    let names = (manifest?.vocabularies ?? []).filter { vocabulary in
      files.contains { $0.name == vocabulary.file }
    }.map(\.name.string)
    if !names.isEmpty {
      return "a rank file does not say how text is split; this one is that of "
        + "\(names.joined(separator: ", ")): give --model \(names[0])"
    }
    let code = (configuration.codeClass ?? configuration.tokenizerClass)?.string
    return "a rank file does not say how text is split, and "
      + (code.map { "what \($0) does is not known" } ?? "tokenizer_config.json names no tokenizer")
  }
}
