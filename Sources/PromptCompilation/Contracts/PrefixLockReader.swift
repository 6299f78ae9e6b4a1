internal import Bytes
internal import OrderedJSON

extension PrefixLock {
  /// Reads a lock.
  ///
  /// - Parameter name: the file's name for messages.
  /// - Throws: `CompilationError` with everything that is wrong with it, each with its place.
  public init(_ bytes: [UInt8], name: String) throws(CompilationError) {
    let source = SourceText(name: name, bytes: bytes)
    let node = try source.json()
    var reader = PrefixLockReader(source: source)
    self = reader.read(node)
    guard reader.faults.isEmpty else { throw reader.error }
  }
}

/// Turns a parsed lock into values and notes every fault on the way.
private struct PrefixLockReader: FieldReader {
  let source: SourceText
  var faults: [(offset: Int, message: String)] = []

  mutating func read(_ node: JSONNode) -> PrefixLock {
    var lock = PrefixLock()
    guard object(node, "the lock", keys: ["schema_version", "models", "prompts"]) != nil else {
      return lock
    }
    let version = node["schema_version"].flatMap { integer($0, "\"schema_version\"", in: 1...1) }
    guard version == PrefixLock.schemaVersion else {
      if node["schema_version"] == nil { fault(at: node.offset, "\"schema_version\" is missing") }
      return lock
    }
    for element in elements(of: node, "models") {
      if let model = model(element) { lock.models.append(model) }
    }
    for element in elements(of: node, "prompts") {
      guard let head = head(element) else { continue }
      if let model = lock.model(named: head.model),
        model.templates.contains(where: { $0.name == head.template })
      {
        lock.heads.append(head)
      } else {
        fault(
          at: element.offset,
          "\"models\" has no \"\(head.model)\" with the template \"\(head.template)\"")
      }
    }
    return lock
  }

  private mutating func model(_ node: JSONNode) -> LockedModel? {
    guard object(node, "a model", keys: ["model", "vocabulary", "templates"]) != nil,
      let name = text(of: node, "model"), let vocabulary = member(of: node, "vocabulary"),
      let vocabularyName = text(of: vocabulary, "name"),
      let digest = digest(of: vocabulary, "sha256")
    else { return nil }
    let templates = elements(of: node, "templates").compactMap { template -> LockedTemplate? in
      guard let name = text(of: template, "name"), let digest = self.digest(of: template, "sha256"),
        let lines = lines(of: template, "lines")
      else { return nil }
      return LockedTemplate(name: name, digest: digest, lines: lines)
    }
    return LockedModel(
      name: name, vocabulary: vocabularyName, vocabularyDigest: digest, templates: templates)
  }

  private mutating func head(_ node: JSONNode) -> LockedHead? {
    let keys = ["spec", "model", "template", "tokens", "sections", "text", "lines_behind"]
    guard object(node, "a prompt", keys: keys) != nil, let spec = text(of: node, "spec"),
      let model = text(of: node, "model"), let template = text(of: node, "template"),
      let tokens = member(of: node, "tokens").flatMap({ count($0, "\"tokens\"") })
    else { return nil }
    guard Paths.leadsDown(spec.string) else {
      fault(at: node.offset, "\"spec\" must be a path inside the lock's folder, without \"..\"")
      return nil
    }
    let sections = elements(of: node, "sections").compactMap { section($0) }
    let lines = elements(of: node, "text").map { string($0, "a line of \"text\"") ?? "" }
    let rest =
      node["lines_behind"] == nil ? LineDigests(values: []) : self.lines(of: node, "lines_behind")
    guard let rest else { return nil }
    return LockedHead(
      spec: spec, model: model, template: template, tokenCount: tokens, sections: sections,
      text: Array(lines.map(\.bytes).joined(separator: [UInt8(ascii: "\n")])), rest: rest)
  }

  private mutating func section(_ node: JSONNode) -> HeadSection? {
    let keys = [
      "kind", "label", "field", "bytes", "tokens", "stable_end", "prefix", "sha256",
    ]
    guard object(node, "a section", keys: keys) != nil,
      let kindNode = member(of: node, "kind"),
      let kind = choice(kindNode, "\"kind\"", Section.Kind.self),
      let bytes = pair(of: node, "bytes"), let tokens = pair(of: node, "tokens"),
      let stableEnd = member(of: node, "stable_end").flatMap({ count($0, "\"stable_end\"") }),
      let prefix = digest(of: node, "prefix"), let digest = digest(of: node, "sha256")
    else { return nil }
    return HeadSection(
      kind: kind, label: node["label"]?.string, field: node["field"]?.string,
      bytes: ByteRange(bytes.start, bytes.end), tokens: TokenRange(tokens.start, tokens.end),
      stableEnd: stableEnd, prefix: prefix, digest: digest)
  }

  private mutating func member(of node: JSONNode, _ key: ByteString) -> JSONNode? {
    guard let member = node[key] else {
      fault(at: node.offset, "\"\(key)\" is missing")
      return nil
    }
    return member
  }

  private mutating func text(of node: JSONNode, _ key: ByteString) -> ByteString? {
    member(of: node, key).flatMap { string($0, "\"\(key)\"") }
  }

  private mutating func elements(of node: JSONNode, _ key: ByteString) -> [JSONNode] {
    member(of: node, key).flatMap { array($0, "\"\(key)\"") } ?? []
  }

  private mutating func count(_ node: JSONNode, _ what: String) -> Int? {
    integer(node, what, in: 0...Int(Int32.max))
  }

  private mutating func pair(of node: JSONNode, _ key: ByteString) -> (start: Int, end: Int)? {
    let numbers = elements(of: node, key).compactMap { count($0, "\"\(key)\"") }
    guard numbers.count == 2, numbers[0] <= numbers[1] else {
      fault(at: node.offset, "\"\(key)\" must be a start and an end")
      return nil
    }
    return (numbers[0], numbers[1])
  }

  private mutating func digest(of node: JSONNode, _ key: ByteString) -> Digest? {
    guard let text = text(of: node, key) else { return nil }
    guard let digest = Digest(hexadecimal: text) else {
      fault(at: node.offset, "\"\(key)\" must be 64 hexadecimal digits")
      return nil
    }
    return digest
  }

  private mutating func lines(of node: JSONNode, _ key: ByteString) -> LineDigests? {
    guard let text = text(of: node, key) else { return nil }
    guard let lines = LineDigests(text: text) else {
      fault(at: node.offset, "\"\(key)\" must be words of eight hexadecimal digits")
      return nil
    }
    return lines
  }
}
