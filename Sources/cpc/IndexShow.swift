import ArgumentParser
import Bytes
import ContextIndex
import ContextStore
import OrderedJSON

struct IndexShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract:
      "Show the tree of an index: what stands before the blocks, then runs of blocks; then conversations.",
    discussion: "A block whose label is not known is shown by the first digits of its digest.")

  @Option(help: "text: an indented tree; json: one object with the runs in the order of the tree.")
  var format: TokensFormat = .text

  @Argument(help: "The index.")
  var path: String

  /// So many blocks of a run are named in a line.
  private static let namedBlocks = 8

  func run() throws {
    let store = try ContextStore(path: path, .reading)
    var entries: [JSONValue] = []
    for key in try store.keys().map(\.key) {
      let labels = try store.labels(of: key)
      var sequences: [StoredSequence] = []
      try store.forEachSequence(of: key) { sequences.append($0) }
      let tree = IndexTree(sequences)
      let learned = try store.learned(of: key)
      let hints = IndexTree(learned)
      switch format {
      case .text:
        if !sequences.isEmpty {
          try Terminal.printLine("\(key.text): \(Self.count(sequences.count, "sequence"))")
          for edge in tree.edges { try Terminal.printLine(Self.text(edge, labels)) }
        }
        if !learned.isEmpty {
          try Terminal.printLine("\(key.text): \(Self.count(learned.count, "sequence")) learned")
          for edge in hints.edges { try Terminal.printLine(Self.text(edge, labels)) }
        }
      case .json:
        entries.append(
          .object([
            "model": .string(key.model), "tenant": .string(key.tenant),
            "edges": .array(of: tree.edges.map { Self.json($0, labels) }),
            "learned_edges": .array(of: hints.edges.map { Self.json($0, labels) }),
          ]))
      }
    }
    let conversations = ConversationList(try store.conversations())
    guard format == .json else {
      for line in conversations.lines { try Terminal.printLine(line) }
      return
    }
    let list: JSONValue = .object([
      "schema_version": .integer(TokensFormat.schemaVersion), "keys": .array(of: entries),
      "conversations": conversations.json,
    ])
    try Terminal.write(JSONWriter.write(list, style: .indented) + [UInt8(ascii: "\n")])
  }

  private static func text(
    _ edge: IndexTree.Edge, _ labels: [BlockFingerprint: ByteString]
  ) -> String {
    var names = edge.blocks.prefix(namedBlocks).map { block in
      labels[block.fingerprint]?.string ?? String(block.fingerprint.hexadecimal.prefix(8))
    }
    if edge.blocks.count > namedBlocks {
      names.append("\(edge.blocks.count - namedBlocks) more")
    }
    let indentation = String(repeating: "  ", count: edge.depth + 1)
    let what = edge.depth == 0 ? "beginning " : ""
    return indentation + what + names.joined(separator: ", ")
      + ": \(count(edge.tokens, "token")), \(count(edge.sequences, "sequence")), "
      + WallClock.text(edge.lastUse)
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func json(
    _ edge: IndexTree.Edge, _ labels: [BlockFingerprint: ByteString]
  ) -> JSONValue {
    .object([
      "depth": .integer(edge.depth), "tokens": .integer(edge.tokens),
      "sequences": .integer(edge.sequences),
      "last_use_ms": .integer(Int(clamping: edge.lastUse)),
      "blocks": .array(of: edge.blocks.map { json($0, label: labels[$0.fingerprint]) }),
    ])
  }

  /// A block: its fingerprint, its tokens, and its label if that is known.
  static func json(_ block: IndexedBlock, label: ByteString?) -> JSONValue {
    var members = [
      JSONMember("fingerprint", JSONNode(.string(ByteString(block.fingerprint.hexadecimal)))),
      JSONMember("tokens", JSONNode(.integer(Int(block.tokens)))),
    ]
    if let label { members.append(JSONMember("label", JSONNode(.string(label)))) }
    return .object(members)
  }
}
