public import Bytes
public import OrderedJSON

/// What is wrong with a request for a chat template, and where in its JSON.
public struct TemplateRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte offset in the JSON.
  public let offset: Int
  /// What is wrong there.
  public let message: String

  /// The offset and the message, on one line.
  public var description: String { "byte \(offset): \(message)" }
}

extension TemplateRequest {
  /// Reads a request in the form of the OpenAI interface: an object with `messages`, and if they are
  /// there `tools`, `documents`, `add_generation_prompt`, `continue_final_message` and
  /// `chat_template_kwargs` (or `kwargs`); or the array of the messages alone. Other members are
  /// passed over.
  ///
  /// As in transformers, there is no generation prompt unless it is asked for.
  /// `continue_final_message` is a truth value, or the name of the member that is to be continued.
  ///
  /// - Throws: `TemplateRequestError` if a member has another form.
  public init(json: JSONNode) throws(TemplateRequestError) {
    guard let body = json.members else {
      self.init(messages: try Self.objects(json, "the request"))
      return
    }
    guard let messages = json["messages"] else {
      throw TemplateRequestError(offset: json.offset, message: "\"messages\" is missing")
    }
    self.init(messages: try Self.objects(messages, "\"messages\""))
    for member in body where !member.node.isNull {
      let node = member.node
      switch member.key {
      case "tools":
        _ = try Self.objects(node, "\"tools\"")
        tools = node
      case "documents":
        _ = try Self.objects(node, "\"documents\"")
        documents = node
      case "add_generation_prompt":
        addGenerationPrompt = try Self.bool(node, "\"add_generation_prompt\"")
      case "continue_final_message":
        if let name = node.string {
          continuedMember = name
        } else {
          continuedMember = try Self.bool(node, "\"continue_final_message\"") ? "content" : nil
        }
      case "chat_template_kwargs", "kwargs":
        keywordArguments += try Self.keywordArguments(node, "\"\(member.key)\"")
      default: break
      }
    }
  }

  /// The names of the variables that a request sets by members of their own.
  public static let reservedNames: [ByteString] = [
    "messages", "tools", "documents", "add_generation_prompt", "continue_final_message",
  ]

  /// Reads the keyword arguments of a template, which are the members of an object.
  ///
  /// - Parameter what: how a message calls the object.
  /// - Throws: `TemplateRequestError` if it is none, or a name is one of `reservedNames`.
  public static func keywordArguments(
    _ node: JSONNode, _ what: String
  ) throws(TemplateRequestError) -> [JSONMember] {
    guard let members = node.members else {
      throw TemplateRequestError(
        offset: node.offset, message: "\(what) must be an object, not \(node.value.kind)")
    }
    for member in members where reservedNames.contains(member.key) {
      throw TemplateRequestError(
        offset: member.keyOffset,
        message: "\(what): \"\(member.key)\" is no keyword argument, it has a place of its own")
    }
    return members
  }

  private static func objects(
    _ node: JSONNode, _ what: String
  ) throws(TemplateRequestError) -> [JSONNode] {
    guard let elements = node.elements else {
      throw TemplateRequestError(
        offset: node.offset, message: "\(what) must be an array, not \(node.value.kind)")
    }
    for (index, element) in elements.enumerated() where element.members == nil {
      throw TemplateRequestError(
        offset: element.offset,
        message: "\(what)[\(index)] must be an object, not \(element.value.kind)")
    }
    return elements
  }

  private static func bool(
    _ node: JSONNode, _ what: String
  ) throws(TemplateRequestError) -> Bool {
    if let value = node.bool { return value }
    throw TemplateRequestError(
      offset: node.offset, message: "\(what) must be true or false, not \(node.value.kind)")
  }
}
