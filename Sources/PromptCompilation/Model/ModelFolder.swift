internal import Bytes
internal import OrderedJSON

/// A model folder in the layout of Hugging Face: what it says beside the vocabulary.
struct ModelFolder {
  let path: String
  /// `tokenizer_config.json`; null if there is none.
  let configuration: JSONNode

  /// Reads the configuration of the tokenizer.
  ///
  /// - Throws: `CompilationError` if it is there and is no JSON.
  init(path: String) throws(CompilationError) {
    self.path = path
    configuration = try Self.json(path + "/tokenizer_config.json") ?? JSONNode(.null)
  }

  // MARK: Templates

  /// The chat templates, from the first of these that is there: `chat_template.jinja` with
  /// `additional_chat_templates/tool_use.jinja`, `chat_template.json`, `tokenizer_config.json`.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `CompilationError` if one cannot be read or compiled.
  func templates() throws(CompilationError) -> ModelTemplates? {
    let file = "chat_template.jinja"
    if Files.exists("\(path)/\(file)") {
      let toolUse = "additional_chat_templates/tool_use.jinja"
      let withTools =
        Files.exists("\(path)/\(toolUse)")
        ? try ModelTemplate(path: "\(path)/\(toolUse)", name: toolUse) : nil
      return ModelTemplates(
        try ModelTemplate(path: "\(path)/\(file)", name: file), withTools: withTools)
    }
    if let node = try Self.json(path + "/chat_template.json")?["chat_template"] {
      return try templates(node, of: "chat_template.json")
    }
    guard let node = configuration["chat_template"] else { return nil }
    return try templates(node, of: "tokenizer_config.json")
  }

  /// A template as a string, or a list of `{"name", "template"}`.
  private func templates(
    _ node: JSONNode, of file: String
  ) throws(CompilationError) -> ModelTemplates? {
    switch node.value {
    case .null: return nil
    case .string(let source):
      return ModelTemplates(try ModelTemplate(source: source.bytes, name: file))
    case .array(let elements):
      var sources: [(name: ByteString, source: ByteString)] = []
      for element in elements {
        guard case .string(let name)? = element["name"]?.value,
          case .string(let source)? = element["template"]?.value
        else { throw malformed(file, "chat_template: needs a name and a template") }
        sources.append((name, source))
      }
      return try ModelTemplates(named: sources, of: file)
    default: throw malformed(file, "chat_template must be a string or an array")
    }
  }

  // MARK: What templates and prompts need

  /// The special tokens that a template can name: the members of `tokenizer_config.json` whose names
  /// end in `_token`, each a string or an object with a `content`, and those of
  /// `special_tokens_map.json` that are not among them.
  ///
  /// - Throws: `CompilationError` if a file is no JSON.
  func specialTokens() throws(CompilationError) -> [JSONMember] {
    let map = try Self.json(path + "/special_tokens_map.json") ?? JSONNode(.null)
    var tokens: [JSONMember] = []
    for source in [configuration, configuration["extra_special_tokens"] ?? map, map] {
      guard case .object(let members) = source.value else { continue }
      for member in members where member.key.bytes.suffix(6).elementsEqual("_token".utf8) {
        guard !tokens.contains(where: { $0.key == member.key }),
          let text = Self.text(ofToken: member.node)
        else { continue }
        tokens.append(JSONMember(member.key, JSONNode(.string(text))))
      }
    }
    return tokens
  }

  private static func text(ofToken node: JSONNode) -> ByteString? {
    switch node.value {
    case .string(let text): text
    case .object:
      if case .string(let text)? = node["content"]?.value { text } else { nil }
    default: nil
    }
  }

  /// The most tokens of a prompt by `config.json`; nil if it does not say.
  ///
  /// - Throws: `CompilationError` if it is no JSON.
  func contextLength() throws(CompilationError) -> Int? {
    guard let configuration = try Self.json(path + "/config.json") else { return nil }
    for node in [configuration["text_config"], configuration] {
      guard case .number(let number)? = node?["max_position_embeddings"]?.value,
        let length = number.integer, length > 0
      else { continue }
      return length
    }
    return nil
  }

  // MARK: Reading

  private func malformed(_ file: String, _ message: String) -> CompilationError {
    CompilationError(file: "\(path)/\(file)", message: message)
  }

  /// The longest file that is read, in bytes.
  private static let sizeLimit = 1 << 28

  /// The JSON of a file; nil if it is not there.
  static func json(_ path: String) throws(CompilationError) -> JSONNode? {
    guard Files.exists(path) else { return nil }
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: sizeLimit)
    } catch {
      throw CompilationError(file: error.path, message: error.reason)
    }
    return try SourceText(name: path, bytes: bytes).json()
  }
}
