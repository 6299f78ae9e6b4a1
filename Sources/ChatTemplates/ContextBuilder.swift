internal import Bytes
internal import OrderedJSON

/// Makes the values that a template sees of the JSON of a request, and numbers its strings.
struct ContextBuilder {
  /// The variables in the order in which they were added.
  private(set) var entries: [(name: ByteString, value: Value)] = []
  /// The path of each string.
  private(set) var sources: [ByteString] = []
  /// How large the values are: the bytes of the strings, and a few for each value.
  private(set) var byteCount = 0
  private var path: [UInt8] = []
  private var depth = 0
  /// Why templates may not have a value of the request; nil if they may.
  private(set) var fault: String?

  /// Adds a variable that holds no text of the request.
  mutating func add(_ name: ByteString, _ value: Value) {
    entries.append((name, value))
  }

  /// Adds a variable whose strings have paths that begin with `path`.
  mutating func add(_ name: ByteString, _ node: JSONNode, path: ByteString) {
    self.path = path.bytes
    entries.append((name, value(node.value)))
  }

  /// Adds special tokens, which are text of the model and not of the request.
  mutating func add(specialTokens: [JSONMember]) {
    let known = sources
    for member in specialTokens {
      guard case .string(let token) = member.node.value else {
        entries.append((member.key, value(member.node.value)))
        continue
      }
      entries.append((member.key, .string(Text(token.bytes))))
    }
    sources = known
  }

  /// Adds the conversation, prepared as transformers 5 does: keys of a message whose value is null
  /// are dropped, and `thinking` and `reasoning_content` are filled from what reasoning there is.
  mutating func add(messages: [JSONNode]) {
    var values: [Value] = []
    for (index, message) in messages.enumerated() {
      path = Array("messages[\(index)]".utf8)
      guard case .object(let members) = message.value else {
        values.append(value(message.value))
        continue
      }
      let kept = members.filter { if case .null = $0.node.value { false } else { true } }
      values.append(.dictionary(Reasoning.filled(self.entries(of: kept))))
    }
    entries.append(("messages", .list(ValueList(values))))
  }

  private static let bytesPerValue = 8

  private mutating func value(_ json: JSONValue) -> Value {
    depth += 1
    byteCount += Self.bytesPerValue
    defer { depth -= 1 }
    guard depth < RenderLimits.valueDepth else {
      fault = "values nested more than \(RenderLimits.valueDepth) levels deep"
      return .none
    }
    switch json {
    case .null: return .none
    case .bool(let value): return .boolean(value)
    case .number(let number): return value(number)
    case .string(let string):
      byteCount += string.count
      sources.append(ByteString(path))
      return .string(Text(string, source: sources.count - 1))
    case .array(let nodes): return .list(ValueList(elements(nodes)))
    case .object(let members): return .dictionary(ValueDictionary(entries(of: members)))
    }
  }

  private mutating func elements(_ nodes: [JSONNode]) -> [Value] {
    let count = path.count
    var values: [Value] = []
    values.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      path.append(contentsOf: "[\(index)]".utf8)
      values.append(value(node.value))
      path.removeLast(path.count - count)
    }
    return values
  }

  private mutating func entries(of members: [JSONMember]) -> [(key: Value, value: Value)] {
    let count = path.count
    var entries: [(key: Value, value: Value)] = []
    entries.reserveCapacity(members.count)
    for member in members {
      path.append(UInt8(ascii: "."))
      path.append(contentsOf: member.key.bytes)
      entries.append((.string(Text(member.key.bytes)), value(member.node.value)))
      path.removeLast(path.count - count)
    }
    return entries
  }

  private mutating func value(_ number: JSONNumber) -> Value {
    if number.isInteger {
      if let integer = number.integer { return .integer(integer) }
      if number.spelling.count <= RenderLimits.integerDigits,
        let integer = LargeInteger(number.spelling)
      {
        return .largeInteger(integer)
      }
      fault = "an integer of more than \(RenderLimits.integerDigits) digits"
      return .none
    }
    return .float(Double(number.spelling.string) ?? .infinity)
  }
}
