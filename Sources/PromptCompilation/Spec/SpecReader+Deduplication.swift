internal import Bytes
internal import Deduplication
internal import OrderedJSON
internal import TextProcessing

extension SpecReader {
  private static let deduplicationKeys = [
    "blocks", "level", "min_tokens", "compare", "tool_results", "wording", "near",
  ]

  mutating func readDeduplication(_ node: JSONNode, into policy: inout Policy.Deduplication) {
    for member in object(node, "\"deduplicate\"", keys: Self.deduplicationKeys) ?? [] {
      let what = "\"\(member.key)\""
      switch member.key {
      case "blocks": policy.unifiesBlocks = boolean(member.node, what) ?? true
      case "level":
        let level = choice(member.node, what, FoldSettings.Level.self)
        policy.folding.level = level ?? policy.folding.level
      case "min_tokens":
        let count = integer(member.node, what, in: 1...1_000_000)
        policy.folding.minimumTokens = count ?? policy.folding.minimumTokens
      case "compare":
        let comparison = choice(member.node, what, TextComparison.self)
        policy.folding.comparison = comparison ?? policy.folding.comparison
      case "tool_results": policy.foldsToolResults = boolean(member.node, what) ?? true
      case "wording": policy.wording = wording(member.node) ?? policy.wording
      case "near": policy.folding.foldsNearDuplicates = boolean(member.node, what) ?? false
      default: break
      }
    }
    if policy.folding.foldsNearDuplicates, policy.wording.templates.edits == nil {
      fault(at: node.offset, "\"near\" needs \"edits\" in \"wording\"")
    }
  }

  private mutating func wording(_ node: JSONNode) -> ReferenceWording? {
    let keys = ["whole", "part", "lines"]
    guard object(node, "\"wording\"", keys: keys + ["edits"]) != nil else { return nil }
    var texts: [ByteString] = []
    for key in keys {
      guard let member = node[ByteString(key)] else {
        fault(at: node.offset, "\"wording\" needs \"\(key)\"")
        continue
      }
      if let text = string(member, "\"wording\".\"\(key)\"") { texts.append(text) }
    }
    guard texts.count == keys.count else { return nil }
    let edits = node["edits"].flatMap { string($0, "\"wording\".\"edits\"") }
    do {
      return try ReferenceWording(whole: texts[0], part: texts[1], lines: texts[2], edits: edits)
    } catch {
      fault(at: node.offset, error.description)
      return nil
    }
  }
}
