public import OrderedJSON
internal import Bytes

extension PrefixDifference {
  /// The version of the JSON form; it rises when a member changes its meaning or goes away.
  public static let schemaVersion = 1
  /// So many tokens are shown on each side of the difference.
  public static let contextTokens = 8

  /// The difference as JSON.
  public var json: JSONValue {
    .object([
      "schema_version": .integer(Self.schemaVersion),
      "relation": .string(ByteString(relation.rawValue)),
      "reason": .string(ByteString(reason)),
      "shared_tokens": .integer(sharedTokens),
      "shared_end_tokens": .integer(sharedEndTokens),
      "movable_tokens": .integer(movableTokens),
      "first": json(of: first), "second": json(of: second),
    ])
  }

  private func json(of side: Side) -> JSONValue {
    let prompt = side.prompt
    func pieces(_ range: Range<Int>) -> JSONValue {
      .array(of: range.clamped(to: 0..<prompt.tokens.count).map { piece($0, of: prompt) })
    }
    return .object([
      "name": .string(ByteString(prompt.name)),
      "tokens": .integer(prompt.tokens.count),
      "remaining_tokens": .integer(side.remainingTokens),
      "token": side.token == nil ? .null : piece(sharedTokens, of: prompt),
      "byte": .integer(side.byte),
      "before": pieces(max(0, sharedTokens - Self.contextTokens)..<sharedTokens),
      "after": pieces(sharedTokens..<(sharedTokens + Self.contextTokens)),
      "section": side.section.map(json) ?? .null,
      "place": side.place.map(json) ?? .null,
    ])
  }

  /// A token with its text, in which U+FFFD stands for what is not UTF-8.
  private func piece(_ index: Int, of prompt: TokenizedPrompt) -> JSONValue {
    .object([
      "id": .integer(Int(prompt.tokens[index])),
      "text": .string(ByteString(String(decoding: prompt.piece(index), as: UTF8.self))),
    ])
  }

  private func json(of section: Section) -> JSONValue {
    .object([
      "kind": .string(ByteString(section.kind.rawValue)),
      "label": section.label.map { .string($0) } ?? .null,
      "tokens": .array(of: [.integer(section.tokens.start), .integer(section.tokens.end)]),
    ])
  }

  private func json(of place: PromptPlace) -> JSONValue {
    .object([
      "field": .string(ByteString(place.field)),
      "file": place.file.map { .string(ByteString($0)) } ?? .null,
      "line": place.line.map { .integer($0) } ?? .null,
      "column": place.column.map { .integer($0) } ?? .null,
    ])
  }
}
