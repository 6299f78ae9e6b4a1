public import Bytes
internal import OrderedJSON

/// Reads `vocab.json` and `merges.txt`, the files of GPT-2's tokenizer, for the tokenizer classes of
/// which is known how they split text.
public struct VocabularyJSONReader: Sendable {
  /// The SHA-256 of all that the vocabulary is made of.
  public let digest: Digest
  private let reader: TokenizerJSONReader

  /// Parses the files.
  ///
  /// - Parameters:
  ///   - vocabulary: `vocab.json`: an object from the spellings of tokens to their ids.
  ///   - merges: `merges.txt`: a line a merge, two spellings with a blank between them.
  ///   - source: the name of `vocab.json` for messages.
  ///   - configuration: what `tokenizer_config.json` beside them says.
  /// - Throws: `VocabularyError` if `vocab.json` is not JSON, with the line of `merges.txt` that is no
  ///   merge, or with the tokenizer class that is not known.
  public init(
    vocabulary: [UInt8], merges: [UInt8], source: String,
    configuration: TokenizerConfiguration = .init()
  ) throws(VocabularyError) {
    let vocab: JSONNode
    do {
      vocab = try JSONParser.parse(vocabulary)
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
    var added: [JSONValue] = []
    let end: ByteString = "<|endoftext|>"
    if case .number(let id)? = vocab[end]?.value {
      added.append(
        .object(["id": .number(id), "content": .string(end), "special": .bool(true)]))
    }
    var members = [
      JSONMember("added_tokens", JSONNode(.array(of: added))),
      JSONMember(
        "model",
        JSONNode(
          .object([
            "type": .string("BPE"), "vocab": vocab.value,
            "merges": try Self.merges(merges, source: Paths.folder(of: source) + "/merges.txt"),
          ]))),
    ]
    members += try Self.steps(ofClass: configuration.tokenizerClass, source)
    reader = TokenizerJSONReader(
      root: JSONNode(.object(members)), source: source, configuration: configuration)
    let name = configuration.tokenizerClass?.bytes ?? []
    digest = Digest(of: vocabulary + [0] + merges + [0] + name + configuration.digestedBytes)
  }

  /// Returns the tokens, merges and configuration.
  ///
  /// - Throws: `VocabularyError` with the field that is wrong, as it would stand in `tokenizer.json`.
  public func read(name: ByteString) throws(VocabularyError) -> VocabularyDescription {
    try reader.read(name: name)
  }

  /// The merges as `tokenizer.json` spells them; the first line may state a version.
  private static func merges(_ file: [UInt8], source: String) throws(VocabularyError) -> JSONValue {
    if let offset = UTF8Validation.firstInvalidOffset(in: file) {
      throw VocabularyError(source: source, message: "not UTF-8 at byte \(offset)")
    }
    var merges: [JSONValue] = []
    var number = 0
    for line in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty || number == 1 && line.starts(with: "#version".utf8) { continue }
      guard line.split(separator: UInt8(ascii: " ")).count == 2 else {
        throw VocabularyError(source: "\(source):\(number)", message: "expected two tokens")
      }
      merges.append(.string(ByteString(line)))
    }
    return .array(of: merges)
  }

  /// How a tokenizer class of transformers treats text, as members of `tokenizer.json`.
  private static func steps(
    ofClass name: ByteString?, _ source: String
  ) throws(VocabularyError) -> [JSONMember] {
    func byteLevel(usesPattern: Bool) -> JSONValue {
      .object([
        "type": .string("ByteLevel"), "add_prefix_space": .bool(false),
        "use_regex": .bool(usesPattern),
      ])
    }
    switch name {
    case nil, "GPT2Tokenizer", "GPT2TokenizerFast":
      return [JSONMember("pre_tokenizer", JSONNode(byteLevel(usesPattern: true)))]
    case "Qwen2Tokenizer", "Qwen2TokenizerFast":
      let splits = SplitFamily.qwen.patterns.map { SplitStep(.pattern($0), .isolated).json }
      let steps = JSONValue.object([
        "type": .string("Sequence"),
        "pretokenizers": .array(of: splits + [byteLevel(usesPattern: false)]),
      ])
      return [
        JSONMember("normalizer", JSONNode(.object(["type": .string("NFC")]))),
        JSONMember("pre_tokenizer", JSONNode(steps)),
      ]
    case let name?:
      throw VocabularyError(
        source: Paths.folder(of: source) + "/tokenizer_config.json",
        message: "tokenizer_class: not supported without tokenizer.json: \(name)")
    }
  }
}
