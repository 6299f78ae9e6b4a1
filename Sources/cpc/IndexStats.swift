import ArgumentParser
import Bytes
import ContextIndex
import ContextStore
import OrderedJSON

struct IndexStats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show how much an index holds.")

  @Option(help: "text: a table; json: one object.")
  var format: TokensFormat = .text

  @Argument(help: "The index.")
  var path: String

  func run() throws {
    let store = try ContextStore(path: path, .reading)
    let keys = try store.keys()
    let size = try store.size()
    let conversations = try store.conversations()
    switch format {
    case .text:
      var table = TextTable([
        "MODEL", "TENANT", "SEQUENCES", "LEARNED", "BLOCKS", "TOKENS", "FIRST USE", "LAST USE",
      ])
      for key in keys {
        table.add([
          key.key.model.string, key.key.tenant.string, String(key.sequences),
          String(key.learned), String(key.blocks), String(key.tokens), WallClock.text(key.earliest),
          WallClock.text(key.latest),
        ])
      }
      for line in table.lines { try Terminal.printLine(line) }
      if !conversations.isEmpty {
        try Terminal.printLine(ConversationList(conversations).summary)
      }
      try Terminal.printLine("\(size) bytes")
    case .json:
      let json: JSONValue = .object([
        "schema_version": .integer(TokensFormat.schemaVersion), "bytes": .integer(size),
        "keys": .array(of: keys.map(Self.json)),
        "conversations": ConversationList(conversations).json,
      ])
      try Terminal.write(JSONWriter.write(json, style: .indented) + [UInt8(ascii: "\n")])
    }
  }

  private static func json(_ key: StoredKey) -> JSONValue {
    .object([
      "model": .string(key.key.model), "tenant": .string(key.key.tenant),
      "sequences": .integer(key.sequences), "blocks": .integer(key.blocks),
      "learned": .integer(key.learned),
      "tokens": .integer(key.tokens), "first_use_ms": .integer(Int(clamping: key.earliest)),
      "last_use_ms": .integer(Int(clamping: key.latest)),
    ])
  }
}
