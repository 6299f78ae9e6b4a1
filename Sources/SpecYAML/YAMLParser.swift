internal import Bytes
public import OrderedJSON
internal import Yams

/// Reads YAML into `JSONNode`s, so that a spec in YAML takes the way of one in JSON.
///
/// Plain scalars are resolved by the core schema of YAML 1.2: `yes`, `on` and dates are strings.
/// Tags but `!!str` are refused. Yams parses.
public struct YAMLParser {
  /// The deepest nesting that is read.
  public static let depthLimit = 512
  /// The most nodes, aliases counted as often as they are used.
  public static let nodeLimit = 1_000_000

  /// What a scalar without a tag is tagged as, so that it can be told from one tagged `!!str`.
  private static let plainTag = "cpc:plain"
  private static let stringTag = "tag:yaml.org,2002:str"

  private let lines: YAMLLines
  private var nodeCount = 0

  /// Parses a text of one document.
  ///
  /// - Returns: nodes whose offsets are bytes of `bytes`.
  /// - Throws: `YAMLSyntaxError` with the place of the fault.
  public static func parse(_ bytes: [UInt8]) throws(YAMLSyntaxError) -> JSONNode {
    if let invalid = UTF8Validation.firstInvalidOffset(in: bytes) {
      let (line, column) = SourceText(name: "", bytes: bytes).position(at: invalid)
      throw YAMLSyntaxError(line: line, column: column, message: "not UTF-8")
    }
    if let offset = YAMLAliasKeys.firstAliasKey(in: bytes) {
      let (line, column) = SourceText(name: "", bytes: bytes).position(at: offset)
      throw YAMLSyntaxError(
        line: line, column: column, message: "an alias as a key is not supported")
    }
    let root: Node?
    do {
      let resolver = try Resolver.basic.appending(Tag.Name(rawValue: plainTag), "^")
      root = try Yams.Parser(
        yaml: String(decoding: bytes, as: UTF8.self), resolver: resolver, encoding: .utf8
      ).singleRoot()
    } catch {
      throw YAMLSyntaxError(error)
    }
    guard let root else { return JSONNode(.null) }
    var parser = YAMLParser(lines: YAMLLines(bytes))
    return try parser.convert(root, depth: 1)
  }

  private init(lines: YAMLLines) {
    self.lines = lines
  }

  private mutating func convert(_ node: Node, depth: Int) throws(YAMLSyntaxError) -> JSONNode {
    nodeCount += 1
    guard depth <= Self.depthLimit else {
      throw error(node, "nested more than \(Self.depthLimit) levels deep")
    }
    guard nodeCount <= Self.nodeLimit else {
      throw error(node, "more than \(Self.nodeLimit) values: do aliases multiply them?")
    }
    let offset = offset(of: node)
    switch node {
    case .scalar(let scalar):
      return JSONNode(try value(of: scalar, node), offset: offset)
    case .sequence(let sequence):
      var elements: [JSONNode] = []
      for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
      return JSONNode(.array(elements), offset: offset)
    case .mapping(let mapping):
      var members: [JSONMember] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw error(key, "a key must be a string")
        }
        members.append(
          JSONMember(
            ByteString(name.string), try convert(value, depth: depth + 1),
            keyOffset: self.offset(of: key)))
      }
      return JSONNode(.object(members), offset: offset)
    case .alias:
      throw error(node, "an alias to nothing")
    }
  }

  private func value(of scalar: Node.Scalar, _ node: Node) throws(YAMLSyntaxError) -> JSONValue {
    let text = ByteString(scalar.string)
    guard scalar.style == .any || scalar.style == .plain else { return .string(text) }
    switch node.tag.description {
    case Self.plainTag: return CoreSchema.value(of: text)
    case Self.stringTag: return .string(text)
    default: throw error(node, "tag \(node.tag) is not supported")
    }
  }

  private func offset(of node: Node) -> Int {
    node.mark.map { lines.offset(line: $0.line, column: $0.column) } ?? 0
  }

  private func error(_ node: Node, _ message: String) -> YAMLSyntaxError {
    YAMLSyntaxError(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message)
  }
}

extension YAMLSyntaxError {
  /// Takes what Yams threw.
  init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, column: mark.column, message: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        line: context.mark.line, column: context.mark.column,
        message: "key \"\(duplicates.first ?? "")\" stands twice")
    case .reader(let problem, _, _, _):
      self.init(line: 1, column: 1, message: problem)
    default:
      self.init(line: 1, column: 1, message: "\(error)")
    }
  }
}
