internal import Bytes
internal import OrderedJSON

/// Values of the kinds that members have; each method notes a fault and returns nil (or what could be
/// read) if the value is of another kind.
extension FieldReader {
  /// The members of an object. Unknown and repeated keys are faults; `keys` nil allows any key.
  mutating func object(_ node: JSONNode, _ what: String, keys: [String]?) -> [JSONMember]? {
    guard case .object(let members) = node.value else {
      fault(at: node.offset, "\(what) must be an object, not \(node.value.kind)")
      return nil
    }
    var seen: Set<ByteString> = []
    for member in members {
      if !seen.insert(member.key).inserted {
        fault(at: member.keyOffset, "key \"\(member.key)\" stands twice")
      }
      guard let keys, !keys.contains(where: { ByteString($0) == member.key }) else { continue }
      let hint = Suggestion.nearest(to: member.key.string, in: keys).map {
        " (did you mean \"\($0)\"?)"
      }
      fault(at: member.keyOffset, "unknown key \"\(member.key)\"\(hint ?? "")")
    }
    return members
  }

  mutating func array(_ node: JSONNode, _ what: String) -> [JSONNode]? {
    guard case .array(let elements) = node.value else {
      fault(at: node.offset, "\(what) must be an array, not \(node.value.kind)")
      return nil
    }
    return elements
  }

  mutating func string(_ node: JSONNode, _ what: String) -> ByteString? {
    guard case .string(let text) = node.value else {
      fault(at: node.offset, "\(what) must be a string, not \(node.value.kind)")
      return nil
    }
    return text
  }

  mutating func boolean(_ node: JSONNode, _ what: String) -> Bool? {
    guard case .bool(let value) = node.value else {
      fault(at: node.offset, "\(what) must be true or false, not \(node.value.kind)")
      return nil
    }
    return value
  }

  mutating func integer(_ node: JSONNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
    guard case .number(let number) = node.value, let value = number.integer,
      range.contains(value)
    else {
      fault(
        at: node.offset,
        "\(what) must be an integer from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }

  mutating func double(_ node: JSONNode, _ what: String) -> Double? {
    guard case .number(let number) = node.value else {
      fault(at: node.offset, "\(what) must be a number, not \(node.value.kind)")
      return nil
    }
    guard let value = number.double else {
      fault(at: node.offset, "\(what) is out of range: \(number.spelling.string.prefix(40))")
      return nil
    }
    return value
  }

  /// One of the raw values of an enumeration.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: JSONNode, _ what: String, _ type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let text = string(node, what) else { return nil }
    if let choice = Choice(rawValue: text.string) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    let hint = Suggestion.nearest(to: text.string, in: names).map { " (did you mean \"\($0)\"?)" }
    fault(
      at: node.offset,
      "\(what): \"\(text)\" is none of \(names.joined(separator: ", "))\(hint ?? "")")
    return nil
  }
}
