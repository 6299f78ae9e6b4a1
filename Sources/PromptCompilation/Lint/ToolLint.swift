internal import Bytes
internal import OrderedJSON

/// The rules about the order of tools and of their keys.
struct ToolLint {
  private(set) var findings: [LintFinding] = []
  private let spec: Spec
  private let tools: [JSONNode]
  /// The source, if it is JSON that can be edited.
  private let source: [UInt8]?

  init(_ spec: Spec) {
    self.spec = spec
    tools = spec.tools?.elements ?? []
    source = spec.editableSource
    checkTools()
    for index in tools.indices.dropFirst() { checkKeys(of: index) }
  }

  private static func function(_ tool: JSONNode) -> JSONNode { tool["function"] ?? tool }

  private mutating func checkTools() {
    let names = tools.map { Self.function($0)["name"]?.string ?? "" }
    guard let index = names.indices.dropFirst().first(where: { names[$0] < names[$0 - 1] }) else {
      return
    }
    findings.append(
      LintFinding(
        .toolOrder, spec.place(at: tools[index].offset, ByteString("tools[\(index)]")),
        "tools[\(index)]: \"\(names[index])\" stands behind \"\(names[index - 1])\"; a list that comes from a "
          + "registry or a map can come in another order next time. Sort the tools by name",
        fix: sorting(names)))
  }

  private func sorting(_ names: [ByteString]) -> [LintEdit]? {
    guard let source, !names.contains("") else { return nil }
    let ranges = tools.compactMap { $0.range(in: source) }
    guard ranges.count == tools.count else { return nil }
    let order = names.indices.sorted { (names[$0], $0) < (names[$1], $1) }
    return LintEdit.permuting(ranges, order, in: source)
  }

  /// Compares the keys of a tool, its function and its parameters with those of the first tool.
  private mutating func checkKeys(of index: Int) {
    let field = "tools[\(index)]"
    let (first, other) = (tools[0], tools[index])
    compare(first, other, field)
    let hasFunctions = first["function"] != nil && other["function"] != nil
    if hasFunctions { compare(Self.function(first), Self.function(other), field + ".function") }
    for key: ByteString in ["parameters", "input_schema"] {
      guard let a = Self.function(first)[key], let b = Self.function(other)[key] else { continue }
      compare(a, b, field + (hasFunctions ? ".function" : "") + ".\(key)")
    }
  }

  private mutating func compare(_ first: JSONNode, _ other: JSONNode, _ field: String) {
    let left = (first.members ?? []).map(\.key)
    let right = (other.members ?? []).map(\.key)
    let wanted = left.filter(right.contains)
    let shared = right.indices.filter { left.contains(right[$0]) }
    guard wanted != shared.map({ right[$0] }) else { return }
    findings.append(
      LintFinding(
        .keyOrder, spec.place(at: other.offset, ByteString(field)),
        "\(field): its keys stand in another order than those of tools[0]; most templates print them as they "
          + "come. Write the keys of all tools in one order: \(wanted.map { "\($0)" }.joined(separator: ", "))",
        fix: reordering(other.members ?? [], shared, wanted)))
  }

  /// Puts the members at `places` into the order of `keys`.
  private func reordering(
    _ members: [JSONMember], _ places: [Int], _ keys: [ByteString]
  ) -> [LintEdit]? {
    guard let source, Set(members.map(\.key)).count == members.count else { return nil }
    let ranges = places.compactMap { place in
      members[place].node.range(in: source).map {
        ByteRange(members[place].keyOffset, $0.end)
      }
    }
    let order = keys.compactMap { key in places.firstIndex { members[$0].key == key } }
    guard ranges.count == places.count, order.count == places.count else { return nil }
    return LintEdit.permuting(ranges, order, in: source)
  }
}

extension Spec {
  /// The source, if it is JSON, which can be edited in place.
  var editableSource: [UInt8]? {
    guard let source, (try? source.json()) != nil else { return nil }
    return source.bytes
  }
}
