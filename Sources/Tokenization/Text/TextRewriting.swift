public import Bytes
internal import OrderedJSON
public import TextProcessing

/// A step that changes text before it is split and merged. The steps are those of Hugging Face
/// `tokenizers`.
public enum TextRewriting: Hashable, Sendable {
  /// A normalisation form.
  case form(NormalizationForm)
  /// Each character in lower case, whatever stands beside it.
  case lowercase
  /// White space is taken off the ends.
  case strip(left: Bool, right: Bool)
  /// A text is put before a text that is not empty.
  case prepend(ByteString)
  /// A text is put before a text that does not begin with it; if `onlyAtStart`, then not behind an
  /// added token.
  case prefix(ByteString, onlyAtStart: Bool)
  /// All that matches is replaced.
  case replace(TextMatch, with: ByteString)

  /// Reads a step as `tokenizer.json` spells it (a `Sequence` is none); nil if it is not known.
  init?(_ node: JSONNode) {
    func flag(_ key: ByteString) -> Bool {
      if case .bool(true)? = node[key]?.value { true } else { false }
    }
    guard case .string(let type)? = node["type"]?.value else { return nil }
    if let form = NormalizationForm(rawValue: type.string) {
      self = .form(form)
      return
    }
    switch type {
    case "Lowercase": self = .lowercase
    case "Strip": self = .strip(left: flag("strip_left"), right: flag("strip_right"))
    case "Prepend":
      guard case .string(let text)? = node["prepend"]?.value else { return nil }
      self = .prepend(text)
    case "Prefix":
      guard case .string(let text)? = node["prefix"]?.value else { return nil }
      self = .prefix(text, onlyAtStart: flag("first"))
    case "Replace":
      guard let match = TextMatch(node["pattern"]),
        case .string(let content)? = node["content"]?.value
      else { return nil }
      self = .replace(match, with: content)
    default: return nil
    }
  }

  /// The JSON form: that of `tokenizer.json`, and `Prefix` for what `Metaspace` and `ByteLevel` do.
  var json: JSONValue {
    switch self {
    case .form(let form): .object(["type": .string(ByteString(form.rawValue))])
    case .lowercase: .object(["type": .string("Lowercase")])
    case .strip(let left, let right):
      .object([
        "type": .string("Strip"), "strip_left": .bool(left), "strip_right": .bool(right),
      ])
    case .prepend(let text): .object(["type": .string("Prepend"), "prepend": .string(text)])
    case .prefix(let text, let onlyAtStart):
      .object(["type": .string("Prefix"), "prefix": .string(text), "first": .bool(onlyAtStart)])
    case .replace(let match, let content):
      .object([
        "type": .string("Replace"), "pattern": match.json, "content": .string(content),
      ])
    }
  }
}
