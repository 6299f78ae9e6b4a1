public import Bytes
public import OrderedJSON

/// What stands in `tokenizers/manifest.json`: where each shipped vocabulary comes from, and what its
/// compiled file must be.
public struct VocabularyManifest: Sendable {
  /// A file that a vocabulary was read from.
  public struct Source: Hashable, Sendable {
    /// The package of the Python package index that holds the file.
    public var package: ByteString
    /// The version of the package.
    public var version: ByteString
    /// The path of the file in the package's wheel.
    public var file: ByteString
    /// The SHA-256 of the file, in hexadecimal.
    public var sha256: ByteString
  }

  /// A vocabulary.
  public struct Entry: Hashable, Sendable {
    /// The name, such as `qwen3`.
    public var name: ByteString
    /// The digest that the header of the compiled file states, in hexadecimal.
    public var digest: ByteString
    /// The size of the compiled file in bytes.
    public var size: Int
    /// The licence of the vocabulary, as an SPDX identifier.
    public var licence: ByteString
    /// What it was read from.
    public var sources: [Source]
  }

  /// The vocabularies in the order of the file.
  public var entries: [Entry]

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
    guard case .array(let nodes)? = root["vocabularies"]?.value else {
      throw VocabularyError(source: source, message: "vocabularies is missing")
    }
    entries = []
    for (index, node) in nodes.enumerated() {
      guard let entry = Entry(node) else {
        throw VocabularyError(source: source, message: "vocabularies[\(index)]: a field is missing")
      }
      entries.append(entry)
    }
  }

  /// The manifest as JSON.
  public var json: JSONValue {
    .object(["schema_version": .integer(1), "vocabularies": .array(of: entries.map(\.json))])
  }
}

extension VocabularyManifest.Entry {
  init?(_ node: JSONNode) {
    guard case .string(let name)? = node["name"]?.value,
      case .string(let digest)? = node["digest"]?.value,
      case .number(let number)? = node["size"]?.value,
      let size = number.integer, (0..<(1 << 30)).contains(size),
      case .string(let licence)? = node["licence"]?.value,
      case .array(let nodes)? = node["sources"]?.value
    else { return nil }
    let sources = nodes.compactMap { VocabularyManifest.Source($0) }
    guard sources.count == nodes.count else { return nil }
    self.init(name: name, digest: digest, size: size, licence: licence, sources: sources)
  }

  /// The entry as JSON.
  public var json: JSONValue {
    .object([
      "name": .string(name), "digest": .string(digest), "size": .integer(size),
      "licence": .string(licence), "sources": .array(of: sources.map(\.json)),
    ])
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

  /// The source as JSON.
  public var json: JSONValue {
    .object([
      "package": .string(package), "version": .string(version), "file": .string(file),
      "sha256": .string(sha256),
    ])
  }
}
