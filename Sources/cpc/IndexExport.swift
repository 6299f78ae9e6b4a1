import ArgumentParser
import Bytes
import ContextIndex
import ContextStore
import OrderedJSON

struct IndexExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: """
      Write the sequences of an index as JSON lines, the least recently used first, then \
      what was learned.
      """)

  @Argument(help: "The index.")
  var path: String

  func run() throws {
    let store = try ContextStore(path: path, .reading)
    for key in try store.keys().map(\.key) {
      let labels = try store.labels(of: key)
      try store.forEachSequence(of: key) { sequence in
        try Terminal.write(JSONWriter.write(Self.json(sequence, labels)) + [UInt8(ascii: "\n")])
      }
      for sequence in try store.learned(of: key) {
        let line = JSONWriter.write(Self.json(sequence, labels))
        try Terminal.write(line + [UInt8(ascii: "\n")])
      }
    }
  }

  private static func json(
    _ sequence: StoredSequence, _ labels: [BlockFingerprint: ByteString]
  ) -> JSONValue {
    let blocks = sequence.blocks.map { block in
      IndexShow.json(block, label: labels[block.fingerprint])
    }
    var members = [
      JSONMember("model", JSONNode(.string(sequence.key.model))),
      JSONMember("tenant", JSONNode(.string(sequence.key.tenant))),
      JSONMember("head", JSONNode(IndexShow.json(sequence.head, label: nil))),
      JSONMember("blocks", JSONNode(.array(of: blocks))),
    ]
    if let request = sequence.request {
      members.append(JSONMember("request", JSONNode(.string(request))))
    }
    if sequence.learned > 0 {
      members.append(JSONMember("learned", JSONNode(.integer(sequence.learned))))
    }
    members.append(JSONMember("time_ms", JSONNode(.integer(Int(clamping: sequence.time)))))
    return .object(members)
  }
}
