internal import Bytes
internal import OrderedJSON

/// The rules that need no model.
struct SpecLint {
  private(set) var findings: [LintFinding] = []
  private let spec: Spec

  init(_ spec: Spec, provider: PriceList.Entry?) {
    self.spec = spec
    checkVariables()
    checkTools()
    checkLabels()
    checkBreakpoints(limit: provider?.breakpoints ?? Self.breakpointLimit)
  }

  /// What Anthropic and OpenAI allow in a request.
  private static let breakpointLimit = 4

  private mutating func add(_ rule: LintRule, _ place: HeadPlace, _ message: String) {
    findings.append(LintFinding(rule: rule, place: place, message: message))
  }

  private mutating func checkVariables() {
    for text in LintText.head(of: spec) where !text.isDocument {
      let isSubstituted =
        text.field == "system" || text.field.bytes.suffix(6) == Array(".title".utf8)[...]
      guard isSubstituted else { continue }
      for (name, offset) in Variable.references(in: text.text) {
        let value = spec.variables.last { $0.name == name }
        guard value == nil || Self.soundsVolatile(name) else { continue }
        add(
          .variable, spec.place(of: text, offset: offset),
          "\(text.field): ${\(name)} "
            + (value == nil
              ? "has no value here, so each request brings its own" : "sounds as if it changed")
            + "; move it into the query, or write the value itself")
      }
    }
  }

  private static let volatileWords = [
    "date", "time", "now", "today", "day", "user", "session", "request", "id", "uuid", "host",
    "name",
    "count", "counter", "number", "random", "seed",
  ]

  /// Whether a part of a variable's name, between `_` or capitals, is a word for what changes.
  private static func soundsVolatile(_ name: ByteString) -> Bool {
    var parts: [[UInt8]] = [[]]
    for byte in name.bytes {
      let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      if byte == UInt8(ascii: "_") || isCapital { parts.append([]) }
      if byte != UInt8(ascii: "_") { parts[parts.count - 1].append(byte | 0x20) }
    }
    return parts.contains { part in volatileWords.contains { part == Array($0.utf8) } }
  }

  private mutating func checkTools() {
    guard let tools = spec.tools?.elements else { return }
    func function(_ tool: JSONNode) -> JSONNode { tool["function"] ?? tool }
    let names = tools.map { function($0)["name"]?.string ?? "" }
    if let index = names.indices.dropFirst().first(where: { names[$0] < names[$0 - 1] }) {
      add(
        .toolOrder, spec.place(at: tools[index].offset, ByteString("tools[\(index)]")),
        "tools[\(index)]: \"\(names[index])\" stands behind \"\(names[index - 1])\"; a list that comes "
          + "from a registry or a map can come in another order next time. Sort the tools by name")
    }
    for (index, tool) in tools.enumerated().dropFirst() {
      let pairs = [(tools[0], tool, ""), (function(tools[0]), function(tool), ".function")]
      for (first, other, path) in pairs where Self.differsInOrder(first, other) {
        let field = ByteString("tools[\(index)]\(path)")
        add(
          .keyOrder, spec.place(at: other.offset, field),
          "\(field): its keys stand in another order than those of tools[0]; most templates print them "
            + "as they come. Write the keys of all tools in one order")
        break
      }
    }
  }

  /// Whether keys that two objects share stand in another order.
  private static func differsInOrder(_ a: JSONNode, _ b: JSONNode) -> Bool {
    let left = (a.members ?? []).map(\.key)
    let right = (b.members ?? []).map(\.key)
    return left.filter(right.contains) != right.filter(left.contains)
  }

  private mutating func checkLabels() {
    guard spec.blocks.count > 1 else { return }
    let parts = spec.blocks.map { Self.split($0.id ?? "") }
    guard let first = parts.first, let base = first.number, base == 0 || base == 1 else { return }
    let arePositions = parts.enumerated().allSatisfy { index, part in
      part.stem == first.stem && part.number == base + index
    }
    guard arePositions else { return }
    add(
      .positionalLabels, spec.place(at: spec.blocks[0].offset, "blocks"),
      "blocks: the ids \"\(spec.blocks[0].id ?? "")\", \"\(spec.blocks[1].id ?? "")\" are positions; the "
        + "same document has another id, and other tokens, when it comes in another place. Name each "
        + "block by what it is, or leave the ids out")
  }

  /// A name without the digits at its end, and their value.
  private static func split(_ id: ByteString) -> (stem: ByteString, number: Int?) {
    let digits = id.bytes.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let stem = ByteString(Array(id.bytes.dropLast(digits.count)))
    return (stem, Int(ByteString(Array(digits.reversed())).string))
  }

  private mutating func checkBreakpoints(limit: Int) {
    guard let source = spec.source, let root = try? JSONParser.parse(source.bytes) else { return }
    var places: [Int] = []
    Self.collectBreakpoints(root, into: &places)
    guard places.count > limit else { return }
    add(
      .breakpoints, spec.place(at: places[limit], nil),
      "this is breakpoint \(limit + 1) of \(places.count), and a request may have \(limit); keep those "
        + "behind tools, system text and the longest stable blocks")
  }

  private static func collectBreakpoints(_ node: JSONNode, into places: inout [Int]) {
    for member in node.members ?? [] {
      if member.key == "cache_control" || member.key == "prompt_cache_breakpoint" {
        places.append(member.keyOffset)
      } else {
        collectBreakpoints(member.node, into: &places)
      }
    }
    for element in node.elements ?? [] { collectBreakpoints(element, into: &places) }
  }
}
