internal import Bytes
internal import OrderedJSON

extension ByteEdits {
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
        replace(ByteRange(begin, member.keyOffset), by: [])
        start = nil
      }
      guard isRemoved, place == members.count - 1, let end = member.node.range(in: source)?.end
      else { continue }
      // Nothing stands behind: the comma before goes.
      let kept = members.last { $0.key != key }
      let begin = kept.flatMap { $0.node.range(in: source)?.end } ?? start ?? member.keyOffset
      replace(ByteRange(begin, end), by: [])
    }
  }
}
