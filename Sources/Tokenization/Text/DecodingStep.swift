public import Bytes
internal import OrderedJSON

/// A step that makes text of the texts of tokens, as the decoders of Hugging Face `tokenizers` do.
public enum DecodingStep: Hashable, Sendable {
  /// A text is replaced by another.
  case replace(ByteString, with: ByteString)
  /// The texts so far become one.
  case fuse
  /// Up to `start` copies of a text are taken off the beginning and up to `stop` off the end.
  case strip(ByteString, start: Int, stop: Int)
  /// What stands for a blank becomes one, but for those of the first token if `dropsFirst`.
  case metaspace(ByteString, dropsFirst: Bool)

  /// Reads a step as `tokenizer.json` spells it; nil if it is not known.
  init?(_ node: JSONNode) {
    func integer(_ key: ByteString) -> Int? {
      guard case .number(let number)? = node[key]?.value, let value = number.integer, value >= 0
      else { return nil }
      return value
    }
    func text(_ key: ByteString) -> ByteString? {
      if case .string(let text)? = node[key]?.value { text } else { nil }
    }
    guard let type = text("type") else { return nil }
    switch type {
    case "Replace":
      guard case .text(let old)? = TextMatch(node["pattern"]), let new = text("content") else {
        return nil
      }
      self = .replace(old, with: new)
    case "Fuse": self = .fuse
    case "Strip":
      guard let content = text("content"), !content.isEmpty, let start = integer("start"),
        let stop = integer("stop")
      else { return nil }
      self = .strip(content, start: start, stop: stop)
    case "Metaspace":
      guard let replacement = text("replacement"), !replacement.isEmpty else { return nil }
      self = .metaspace(replacement, dropsFirst: text("prepend_scheme") != "never")
    default: return nil
    }
  }

  /// The JSON form, that of `tokenizer.json`.
  var json: JSONValue {
    switch self {
    case .replace(let old, let new):
      .object([
        "type": .string("Replace"), "pattern": TextMatch.text(old).json, "content": .string(new),
      ])
    case .fuse: .object(["type": .string("Fuse")])
    case .strip(let content, let start, let stop):
      .object([
        "type": .string("Strip"), "content": .string(content), "start": .integer(start),
        "stop": .integer(stop),
      ])
    case .metaspace(let replacement, let dropsFirst):
      .object([
        "type": .string("Metaspace"), "replacement": .string(replacement),
        "prepend_scheme": .string(dropsFirst ? "first" : "never"),
      ])
    }
  }

  /// Applies the step to the texts of tokens.
  ///
  /// - Complexity: linear.
  func apply(to texts: inout [[UInt8]]) {
    switch self {
    case .replace(let old, let new):
      for index in texts.indices { texts[index].replace(old.bytes, with: new.bytes) }
    case .fuse: texts = [Array(texts.joined())]
    case .strip(let content, let start, let stop):
      for index in texts.indices {
        texts[index] = Self.stripped(texts[index], content.bytes, start: start, stop: stop)
      }
    case .metaspace(let replacement, let dropsFirst):
      for index in texts.indices {
        texts[index].replace(replacement.bytes, with: index == 0 && dropsFirst ? [] : [0x20])
      }
    }
  }

  private static func stripped(
    _ text: [UInt8], _ content: [UInt8], start: Int, stop: Int
  ) -> [UInt8] {
    var rest = text[...]
    var count = 0
    while count < start, rest.starts(with: content) {
      rest = rest.dropFirst(content.count)
      count += 1
    }
    count = 0
    while count < stop, rest.count >= content.count,
      rest.suffix(content.count).elementsEqual(content)
    {
      rest = rest.dropLast(content.count)
      count += 1
    }
    return Array(rest)
  }
}
