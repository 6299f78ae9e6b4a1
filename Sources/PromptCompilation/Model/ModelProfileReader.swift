internal import Bytes
internal import ChatTemplates
internal import ContextIndex
internal import OrderedJSON

/// Reads `templates/NAME.json`.
struct ModelProfileReader: FieldReader {
  /// The members of a profile; empty where they are not there.
  struct Fields {
    var name: ByteString = ""
    var aliases: [ByteString] = []
    var vocabulary: ByteString = ""
    var template: ByteString = ""
    var specialTokens: [JSONMember] = []
    var textPrefix: [ByteString]?
    var contextLength = 0
    var cacheModel = ModelProfile.defaultCacheModel
    var appendOnly: [JSONMember] = []
    var date: ModelProfile.PinnedDate?
    var clock: TemplateClock?
  }

  let source: SourceText
  var faults: [(offset: Int, message: String)] = []

  private static let keys = [
    "name", "aliases", "vocabulary", "template", "special_tokens", "text_prefix", "context_length",
    "cache_model", "append_only", "date", "clock",
  ]
  private static let requiredKeys: [ByteString] = [
    "name", "vocabulary", "template", "special_tokens", "context_length",
  ]

  init(source: SourceText) {
    self.source = source
  }

  mutating func read(_ root: JSONNode) -> Fields {
    var fields = Fields()
    guard let members = object(root, "the profile", keys: Self.keys) else { return fields }
    for key in Self.requiredKeys where root[key] == nil {
      fault(at: root.offset, "\"\(key)\" is missing")
    }
    for member in members { read(member, into: &fields) }
    return fields
  }

  private mutating func read(_ member: JSONMember, into fields: inout Fields) {
    let node = member.node
    switch member.key {
    case "name": fields.name = name(node, "\"name\"")
    case "aliases":
      fields.aliases = (array(node, "\"aliases\"") ?? []).map { name($0, "an alias") }
    case "vocabulary": fields.vocabulary = name(node, "\"vocabulary\"")
    case "template": fields.template = name(node, "\"template\"")
    case "special_tokens":
      fields.specialTokens = object(node, "\"special_tokens\"", keys: nil) ?? []
      for token in fields.specialTokens { _ = string(token.node, "\"\(token.key)\"") }
    case "text_prefix":
      fields.textPrefix = array(node, "\"text_prefix\"")?.map {
        string($0, "a token of \"text_prefix\"") ?? ""
      }
    case "context_length":
      fields.contextLength = integer(node, "\"context_length\"", in: 1...1 << 40) ?? 0
    case "cache_model":
      guard let text = string(node, "\"cache_model\"") else { return }
      guard let model = CacheModel(text) else {
        return fault(at: node.offset, "\"cache_model\" must be one of \(CacheModel.forms)")
      }
      fields.cacheModel = model
    case "append_only": fields.appendOnly = arguments(node, "\"append_only\"")
    case "date": fields.date = date(node)
    case "clock":
      guard let text = string(node, "\"clock\"") else { return }
      fields.clock = TemplateClock(text)
      if fields.clock == nil {
        fault(at: node.offset, "\"clock\" must be a local time, such as 2024-07-26T00:00:00")
      }
    default: break
    }
  }

  /// A name that leads out of no folder.
  private mutating func name(_ node: JSONNode, _ what: String) -> ByteString {
    guard let name = string(node, what) else { return "" }
    if !ModelCatalog.isName(name) {
      fault(at: node.offset, "\(what) must be of ASCII letters, digits, \"-\", \"_\" and \".\"")
    }
    return name
  }

  private mutating func arguments(_ node: JSONNode, _ what: String) -> [JSONMember] {
    do {
      return try TemplateRequest.keywordArguments(node, what)
    } catch {
      fault(at: error.offset, error.message)
      return []
    }
  }

  private mutating func date(_ node: JSONNode) -> ModelProfile.PinnedDate? {
    let keys = ["argument", "value"]
    guard object(node, "\"date\"", keys: keys) != nil else { return nil }
    guard let argument = node["argument"], let value = node["value"] else {
      fault(at: node.offset, "\"date\" needs an \"argument\" and a \"value\"")
      return nil
    }
    guard let argument = string(argument, "\"argument\""), let value = string(value, "\"value\"")
    else { return nil }
    return ModelProfile.PinnedDate(argument: argument, value: value)
  }
}
