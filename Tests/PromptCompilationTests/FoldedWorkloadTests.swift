import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// Prompts of real requests stand for all that was asked for; only where the workloads are.
@Suite(
  .enabled(if: Workloads.folder != nil, "there is no folder shared/workloads beside the package"))
struct FoldedWorkloadTests {
  @Test(arguments: [("multihop_rag_c1000", 10), ("debian_copyright", 50), ("claw_tasks", 50)])
  func `prompts of a workload stand for all of its texts`(name: String, top: Int) throws {
    let folder = try #require(Workloads.folder) + "/" + name
    var texts: [ByteString: ByteString] = [:]
    for block in try Self.lines(folder + "/corpus.jsonl.gz") {
      if let id = block["id"]?.string { texts[id] = block["text"]?.string }
    }
    let requests = try Self.lines(folder + "/public.jsonl.gz")
    var references = 0
    // A dozen of them, from all over.
    for place in stride(from: 0, to: requests.count, by: max(requests.count / 12, 1)) {
      let blocks = (requests[place]["blocks"]?.elements ?? []).prefix(top).compactMap { node in
        node["id"]?.string.flatMap { id in texts[id].map { Block(id: id, text: $0) } }
      }
      let spec = Spec(blocks: blocks, query: requests[place]["query"]?.string ?? "What?")
      let prompt = try Qwen3.compile(spec)
      references += prompt.blocks.map { $0.folded?.references.count ?? 0 }.reduce(0, +)
      let source = SourceText(name: "prompt.json", bytes: try prompt.emit(.json))
      let expanded = try ExpandedPrompt(json: JSONParser.parse(source.bytes), source: source)
      #expect(
        try expanded.differences(from: spec, compiledBy: Qwen3.compiler()) == [], "\(place)")
    }
    #expect(references > 0)
  }

  private static func lines(_ path: String) throws -> [JSONNode] {
    var nodes: [JSONNode] = []
    try Files.forEachUnpackedLine(of: path) { _, line in
      nodes.append(try JSONParser.parse(Array(line)))
    }
    return nodes
  }
}

private enum Workloads {
  static let folder = Shared.folder.map { $0 + "/workloads" }.flatMap { folder in
    Files.exists(folder + "/multihop_rag_c1000/corpus.jsonl.gz") ? folder : nil
  }
}
