import ArgumentParser
import Bytes
import ContextIndex
import ContextStore

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Look at, prune and make indexes of what was sent.",
    discussion: """
      `cpc compile --index PATH` records what it compiles, and lays out the next prompt so that its \
      beginning is that of one before. Of a text an index has its digest and its label, never the text; \
      but of a spec with a conversation_id it keeps what was sent, so that the next turn goes on from it.
      """,
    subcommands: [
      IndexStats.self, IndexShow.self, IndexExport.self, IndexPrune.self, IndexLearn.self,
    ])
}

extension BlockFingerprint {
  /// 32 hexadecimal digits.
  var hexadecimal: String {
    [high, low].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension IndexKey {
  /// The model, and the tenant where there is one.
  var text: String { tenant.isEmpty ? model.string : "\(model), tenant \(tenant)" }
}
