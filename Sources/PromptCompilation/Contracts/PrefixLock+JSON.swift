internal import Bytes
internal import OrderedJSON

extension PrefixLock {
  /// The file: JSON with its members in a fixed order, one a line, and a newline at the end.
  ///
  /// Two machines with the same specs, models and templates write the same bytes: there is no time, no
  /// absolute path and no line number in it.
  public var json: [UInt8] {
    let value = JSONValue.object([
      "schema_version": .integer(Self.schemaVersion),
      "models": .array(of: models.map(\.json)),
      "prompts": .array(of: heads.map(\.json)),
    ])
    return JSONWriter.write(value, style: .indented) + [UInt8(ascii: "\n")]
  }
}

extension LockedModel {
  fileprivate var json: JSONValue {
    .object([
      "model": .string(name),
      "vocabulary": .object([
        "name": .string(vocabulary),
        "sha256": .string(ByteString(vocabularyDigest.hexadecimal)),
      ]),
      "templates": .array(
        of: templates.map { template in
          .object([
            "name": .string(template.name),
            "sha256": .string(ByteString(template.digest.hexadecimal)),
            "lines": .string(template.lines.text),
          ])
        }),
    ])
  }
}

extension LockedHead {
  fileprivate var json: JSONValue {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var members = [
      JSONMember("spec", JSONNode(.string(spec))),
      JSONMember("model", JSONNode(.string(model))),
      JSONMember("template", JSONNode(.string(template))),
      JSONMember("tokens", JSONNode(.integer(tokenCount))),
      JSONMember("sections", JSONNode(.array(of: sections.map(\.json)))),
      JSONMember(
        "text", JSONNode(.array(of: lines.map { .string(ByteString(Array($0))) }))),
    ]
    if !rest.values.isEmpty {
      members.append(JSONMember("lines_behind", JSONNode(.string(rest.text))))
    }
    return .object(members)
  }
}

extension HeadSection {
  fileprivate var json: JSONValue {
    var members = [JSONMember("kind", JSONNode(.string(ByteString(kind.rawValue))))]
    if let label { members.append(JSONMember("label", JSONNode(.string(label)))) }
    if let field { members.append(JSONMember("field", JSONNode(.string(field)))) }
    return .object(
      members + [
        JSONMember("bytes", JSONNode(Self.pair(bytes.start, bytes.end))),
        JSONMember("tokens", JSONNode(Self.pair(tokens.start, tokens.end))),
        JSONMember("stable_end", JSONNode(.integer(stableEnd))),
        JSONMember("prefix", JSONNode(.string(ByteString(prefix.hexadecimal)))),
        JSONMember("sha256", JSONNode(.string(ByteString(digest.hexadecimal)))),
      ])
  }

  private static func pair(_ start: Int, _ end: Int) -> JSONValue {
    .array(of: [.integer(start), .integer(end)])
  }
}

extension LineDigests {
  /// Eight hexadecimal digits a line, with blanks between them.
  var text: ByteString {
    let words = values.map { value in
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
    return ByteString(words.joined(separator: " "))
  }

  /// Reads what `text` wrote; nil if it is anything else.
  init?(text: ByteString) {
    var values: [UInt32] = []
    for word in text.bytes.split(separator: UInt8(ascii: " ")) {
      guard word.count == 8, let value = UInt32(ByteString(Array(word)).string, radix: 16) else {
        return nil
      }
      values.append(value)
    }
    self.init(values: values)
  }
}
