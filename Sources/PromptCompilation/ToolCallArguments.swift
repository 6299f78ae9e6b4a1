internal import Bytes
internal import OrderedJSON

/// The two forms of the arguments of tool calls: a request carries them as a string that holds JSON,
/// a chat template gets the object.
enum ToolCallArguments {
  /// Returns the tool calls with arguments that are a JSON object in a string parsed; an empty string
  /// is no arguments. Other strings stay.
  static func parsed(_ toolCalls: JSONNode) -> JSONNode {
    map(toolCalls) { arguments in
      guard case .string(let text) = arguments.value else { return arguments }
      if text.isEmpty { return JSONNode(.object([]), offset: arguments.offset) }
      guard let node = try? JSONParser.parse(text.bytes), case .object = node.value else {
        return arguments
      }
      return JSONNode(node.value, offset: arguments.offset)
    }
  }

  /// Returns the tool calls with arguments that are an object written as a string.
  static func spelled(_ toolCalls: JSONNode) -> JSONNode {
    map(toolCalls) { arguments in
      guard case .object = arguments.value else { return arguments }
      return JSONNode(
        .string(ByteString(JSONWriter.write(arguments.value))), offset: arguments.offset)
    }
  }

  private static func map(
    _ toolCalls: JSONNode, _ transform: (JSONNode) -> JSONNode
  ) -> JSONNode {
    guard case .array(let calls) = toolCalls.value else { return toolCalls }
    return JSONNode(.array(calls.map { mapArguments(of: $0, transform) }), offset: toolCalls.offset)
  }

  /// A call is `{"function": {"name", "arguments"}}`, or `{"name", "arguments"}` without that wrapping.
  private static func mapArguments(
    of call: JSONNode, _ transform: (JSONNode) -> JSONNode
  ) -> JSONNode {
    guard case .object(let members) = call.value else { return call }
    let mapped = members.map { member -> JSONMember in
      switch member.key {
      case "function":
        JSONMember(
          member.key, mapArguments(of: member.node, transform), keyOffset: member.keyOffset)
      case "arguments":
        JSONMember(member.key, transform(member.node), keyOffset: member.keyOffset)
      default: member
      }
    }
    return JSONNode(.object(mapped), offset: call.offset)
  }
}
