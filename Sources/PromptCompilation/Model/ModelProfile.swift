public import Bytes
public import OrderedJSON

/// What cpc knows of a model beside its vocabulary's and template's content: `templates/NAME.json`.
public struct ModelProfile: Sendable {
  /// The name, such as `qwen3`.
  public let name: ByteString
  /// The name of its vocabulary.
  public let vocabulary: ByteString
  /// The file of its chat template, in the folder of the profile.
  public let templateFile: String
  /// The special tokens that the template can name, such as `eos_token`.
  public let specialTokens: [JSONMember]
  /// The most tokens that a prompt can have.
  public let contextLength: Int

  /// Reads a profile.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `CompilationError` if it is not JSON or a field is missing.
  public init(_ bytes: [UInt8], source: String) throws(CompilationError) {
    let node: JSONNode
    do {
      node = try JSONParser.parse(bytes)
    } catch {
      throw CompilationError(file: source, message: error.description)
    }
    guard case .string(let name)? = node["name"]?.value,
      case .string(let vocabulary)? = node["vocabulary"]?.value,
      case .string(let templateFile)? = node["template"]?.value,
      case .object(let specialTokens)? = node["special_tokens"]?.value,
      case .number(let number)? = node["context_length"]?.value,
      let contextLength = number.integer, contextLength > 0
    else {
      throw CompilationError(
        file: source,
        message: "a profile needs name, vocabulary, template, special_tokens and context_length")
    }
    self.name = name
    self.vocabulary = vocabulary
    self.templateFile = templateFile.string
    self.specialTokens = specialTokens
    self.contextLength = contextLength
  }
}
