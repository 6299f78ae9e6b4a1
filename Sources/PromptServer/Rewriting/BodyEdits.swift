internal import Bytes
internal import OrderedJSON

/// Changes of some stretches of a JSON text, every other byte of which stays.
struct BodyEdits {
  private var edits: [(range: Range<Int>, bytes: [UInt8])] = []

  /// Puts bytes in place of a stretch; stretches must not overlap.
  mutating func replace(_ range: Range<Int>, by bytes: [UInt8]) {
    edits.append((range, bytes))
  }

  /// Takes all members called `key` out of an object, with one comma each.
  ///
  /// - Parameters:
  ///   - object: a node of the text.
  ///   - source: the text.
  mutating func removeMembers(_ key: ByteString, of object: JSONNode, in source: [UInt8]) {
    let members = object.members ?? []
    var start: Int?
    for (place, member) in members.enumerated() {
      let isRemoved = member.key == key
      if isRemoved, start == nil {
        start = member.keyOffset
      } else if !isRemoved, let begin = start {
        replace(begin..<member.keyOffset, by: [])
        start = nil
      }
      guard isRemoved, place == members.count - 1, let last = members.last else { continue }
      // Nothing stands behind: the comma before goes.
      let kept = members.last { $0.key != key }
      let begin = kept.map { Self.end(of: $0.node, in: source) } ?? start ?? last.keyOffset
      replace(begin..<Self.end(of: last.node, in: source), by: [])
    }
  }

  /// Returns the text with the changes.
  func applied(to source: [UInt8]) -> [UInt8] {
    guard !edits.isEmpty else { return source }
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var offset = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      result += source[offset..<edit.range.lowerBound]
      result += edit.bytes
      offset = edit.range.upperBound
    }
    return result + source[offset...]
  }

  /// The offset behind a value of a text that was parsed.
  static func end(of node: JSONNode, in source: [UInt8]) -> Int {
    switch node.value {
    case .string:
      return JSONStringLiteral(at: node.offset, in: source)?.range.end ?? source.count
    case .null: return node.offset + 4
    case .bool(let value): return node.offset + (value ? 4 : 5)
    case .number(let number): return node.offset + number.spelling.count
    case .array(let elements):
      let last = elements.last.map { end(of: $0, in: source) } ?? node.offset + 1
      return closing(UInt8(ascii: "]"), from: last, in: source)
    case .object(let members):
      let last = members.last.map { end(of: $0.node, in: source) } ?? node.offset + 1
      return closing(UInt8(ascii: "}"), from: last, in: source)
    }
  }

  /// The offset behind a bracket in front of which only white space stands.
  private static func closing(_ bracket: UInt8, from start: Int, in source: [UInt8]) -> Int {
    (source[start...].firstIndex(of: bracket) ?? source.count - 1) + 1
  }
}
