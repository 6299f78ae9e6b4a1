internal import Bytes
public import OrderedJSON

extension Spec {
  /// Reads a spec.
  ///
  /// - Parameters:
  ///   - json: the parsed source.
  ///   - source: the source, for the places of faults.
  ///   - files: how `file` members are read; nil refuses them.
  /// - Throws: `CompilationError` with every fault that was found, in the order of their places.
  public init(
    json: JSONNode, source: SourceText, files: FileResolver? = nil
  ) throws(CompilationError) {
    var reader = SpecReader(source: source, files: files)
    self = reader.read(json)
    guard reader.faults.isEmpty else { throw reader.error }
  }

  /// Reads a spec from the bytes of a JSON file.
  ///
  /// - Throws: `CompilationError` with every fault that was found.
  public init(
    jsonBytes bytes: [UInt8], name: String, files: FileResolver? = nil
  ) throws(CompilationError) {
    let source = SourceText(name: name, bytes: bytes)
    let node = try source.json()
    try self.init(json: node, source: source, files: files)
  }
}

/// Turns a parsed source into a spec and notes every fault on the way.
struct SpecReader: FieldReader {
  let source: SourceText
  let files: FileResolver?
  var faults: [(offset: Int, message: String)] = []

  static let keys = [
    "cpc", "model", "system", "tools", "blocks", "conversation", "query", "variables",
    "parameters", "template_kwargs", "slot", "tenant", "conversation_id", "policy",
  ]

  init(source: SourceText, files: FileResolver?) {
    self.source = source
    self.files = files
  }

  mutating func read(_ root: JSONNode) -> Spec {
    var spec = Spec()
    spec.source = source
    spec.json = root
    guard let members = object(root, "the spec", keys: Self.keys) else { return spec }
    if !members.contains(where: { $0.key == "cpc" }) {
      fault(at: root.offset, "\"cpc\" is missing: write \"cpc\": 1, the version of the format")
    }
    for member in members { read(member, into: &spec) }
    if spec.system == nil, spec.blocks.isEmpty, spec.conversation.isEmpty, spec.query == nil,
      faults.isEmpty
    {
      fault(at: root.offset, "nothing to compile: give a query, a conversation or blocks")
    }
    checkConversation(of: spec)
    return spec
  }

  private mutating func read(_ member: JSONMember, into spec: inout Spec) {
    let node = member.node
    switch member.key {
    case "cpc": checkVersion(node)
    case "model": spec.model = string(node, "\"model\"")
    case "system": spec.system = content(node, "\"system\"")
    case "tools": spec.tools = tools(node)
    case "blocks": spec.blocks = blocks(node)
    case "conversation": spec.conversation = conversation(node)
    case "query": spec.query = content(node, "\"query\"")
    case "variables": spec.variables = variables(node)
    case "parameters": spec.parameters = parameters(node)
    case "template_kwargs": spec.templateArguments = templateArguments(node)
    case "slot": spec.slot = choice(node, "\"slot\"", Spec.Slot.self)
    case "tenant": spec.tenant = string(node, "\"tenant\"")
    case "conversation_id": spec.conversationID = string(node, "\"conversation_id\"")
    case "policy": spec.policy = policy(node)
    default: break
    }
  }

  private mutating func checkVersion(_ node: JSONNode) {
    guard case .number(let number) = node.value, number.spelling == "1" else {
      fault(at: node.offset, "this cpc reads version 1 of the format: write \"cpc\": 1")
      return
    }
  }

  private mutating func checkConversation(of spec: Spec) {
    if spec.system != nil, let first = spec.conversation.first, first.role == "system" {
      fault(at: first.offset, "there are two system texts: \"system\" and this message")
    }
  }
}
