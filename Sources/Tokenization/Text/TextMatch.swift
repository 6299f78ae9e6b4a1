public import Bytes
internal import OrderedJSON
internal import TextProcessing

/// What a step of normalisation or splitting looks for.
public enum TextMatch: Hashable, Sendable {
  /// A text as it stands.
  case text(ByteString)
  /// The matches of a regular expression, in the syntax of the model's own files.
  case pattern(ByteString)

  /// Reads `{"String": ...}` or `{"Regex": ...}`, as `tokenizer.json` spells it; nil for anything else
  /// and for an empty text.
  init?(_ node: JSONNode?) {
    if case .string(let text)? = node?["String"]?.value, !text.isEmpty {
      self = .text(text)
    } else if case .string(let pattern)? = node?["Regex"]?.value {
      self = .pattern(pattern)
    } else {
      return nil
    }
  }

  /// The JSON form.
  var json: JSONValue {
    switch self {
    case .text(let text): .object(["String": .string(text)])
    case .pattern(let pattern): .object(["Regex": .string(pattern)])
    }
  }

  /// The pattern in PCRE2's syntax.
  var translated: ByteString {
    switch self {
    case .text(let text): Self.quoted(text)
    case .pattern(let pattern): SplitPattern.translated(pattern)
    }
  }

  /// A pattern that matches `text` alone: a backslash before a byte that is neither letter nor digit
  /// takes its meaning from it.
  private static func quoted(_ text: ByteString) -> ByteString {
    var pattern: [UInt8] = []
    for byte in text.bytes {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) {
        pattern.append(UInt8(ascii: "\\"))
      }
      pattern.append(byte)
    }
    return ByteString(pattern)
  }
}
