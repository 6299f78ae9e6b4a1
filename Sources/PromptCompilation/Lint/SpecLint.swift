internal import Bytes
internal import OrderedJSON

/// The rules about blocks and cache breakpoints, which need no model.
struct SpecLint {
  private(set) var findings: [LintFinding] = []
  private let spec: Spec

  init(_ spec: Spec, provider: PriceList.Entry?) {
    self.spec = spec
    checkLabels()
    checkBreakpoints(limit: provider?.breakpoints ?? Self.breakpointLimit)
  }

  /// What Anthropic and OpenAI allow in a request.
  private static let breakpointLimit = 4

  /// Names for any piece of context; `chapter1` and `page2` say what a block is.
  private static let anonymous: [ByteString] = [
    "", "doc", "document", "chunk", "passage", "context", "ctx", "source", "src", "block", "result",
    "hit",
    "snippet", "text", "reference", "ref", "item", "evidence", "d", "c", "p", "s", "b",
  ]

  private mutating func checkLabels() {
    for (member, names) in [
      ("id", spec.blocks.map { $0.id ?? "" }), ("title", spec.blocks.map { $0.title ?? "" }),
    ] where Self.arePositions(names) {
      let field = ByteString("blocks[0].\(member)")
      let node = spec.json?["blocks"]?.elements?.first?[ByteString(member)]
      findings.append(
        LintFinding(
          .positionalLabels, spec.place(at: node?.offset ?? spec.blocks[0].offset, field),
          "\(field): \"\(names[0])\", \"\(names[1])\" are positions; the same document has another \(member), "
            + "and other tokens, when it comes in another place. Name each block by what it is, or leave "
            + "the \(member)s out"))
    }
  }

  /// Whether names are one word for anything, and the position from 0 or 1.
  private static func arePositions(_ names: [ByteString]) -> Bool {
    let parts = names.map(split)
    guard parts.count > 1, let first = parts.first, let base = first.number, base == 0 || base == 1,
      anonymous.contains(first.stem)
    else { return false }
    return parts.enumerated().allSatisfy { index, part in
      part.stem == first.stem && part.number == base + index
    }
  }

  /// The letters of a name in small ones, and the number at its end.
  private static func split(_ name: ByteString) -> (stem: ByteString, number: Int?) {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let name = name.bytes.filter { !Array("[]()#-_:. ".utf8).contains($0) }
    let digits = name.reversed().prefix(while: isDigit)
    let stem = name.dropLast(digits.count).map { byte in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
    return (ByteString(stem), Int(ByteString(Array(digits.reversed())).string))
  }

  private mutating func checkBreakpoints(limit: Int) {
    guard let root = spec.json else { return }
    var places: [(offset: Int, field: ByteString)] = []
    Self.collectBreakpoints(root, "", into: &places)
    guard places.count > limit else { return }
    let (offset, field) = places[limit]
    findings.append(
      LintFinding(
        .breakpoints, spec.place(at: offset, field),
        "\(field): this is breakpoint \(limit + 1) of \(places.count), and a request may have \(limit). Keep "
          + "those behind the tools, the system text and the longest stable blocks"))
  }

  private static func collectBreakpoints(
    _ node: JSONNode, _ path: ByteString, into places: inout [(offset: Int, field: ByteString)]
  ) {
    for member in node.members ?? [] {
      let field = path.isEmpty ? member.key : ByteString("\(path).\(member.key)")
      // What a tool calls so is an argument of its own.
      if member.key == "properties" { continue }
      if member.key == "cache_control" || member.key == "prompt_cache_breakpoint" {
        places.append((member.keyOffset, field))
      } else {
        collectBreakpoints(member.node, field, into: &places)
      }
    }
    for (index, element) in (node.elements ?? []).enumerated() {
      collectBreakpoints(element, ByteString("\(path)[\(index)]"), into: &places)
    }
  }
}
