internal import Bytes
internal import OrderedJSON

/// A text of a spec that stands in the head.
struct LintText {
  /// The member of the spec.
  var field: ByteString
  /// The text as the spec has it.
  var text: ByteString
  /// Where it stands in the spec's source, in bytes.
  var offset: Int
  /// Whether it is a document.
  var isDocument = false

  /// The texts of the head of a spec: system text, tools, blocks that are pinned first.
  static func head(of spec: Spec) -> [LintText] {
    var texts: [LintText] = []
    if let system = spec.system {
      texts += system.texts.map { LintText(field: "system", text: $0, offset: system.offset) }
    } else if let first = spec.conversation.first, first.role == "system" {
      texts += (first.content?.texts ?? []).map {
        LintText(field: "conversation[0].content", text: $0, offset: first.offset)
      }
    }
    if let tools = spec.tools { collect(tools, "tools", into: &texts) }
    for (index, block) in spec.blocks.enumerated() where block.pin == .first {
      if let title = block.title {
        texts.append(
          LintText(field: ByteString("blocks[\(index)].title"), text: title, offset: block.offset))
      }
      texts.append(
        LintText(
          field: ByteString("blocks[\(index)].text"), text: block.text, offset: block.textOffset,
          isDocument: true))
    }
    return texts
  }

  /// All texts of a spec.
  static func all(of spec: Spec) -> [LintText] {
    var texts = head(of: spec)
    for (index, block) in spec.blocks.enumerated() where block.pin != .first {
      texts.append(
        LintText(
          field: ByteString("blocks[\(index)].text"), text: block.text, offset: block.textOffset))
    }
    for (index, message) in spec.conversation.enumerated() {
      texts += (message.content?.texts ?? []).map {
        LintText(
          field: ByteString("conversation[\(index)].content"), text: $0, offset: message.offset)
      }
    }
    if let query = spec.query {
      texts += query.texts.map { LintText(field: "query", text: $0, offset: query.offset) }
    }
    return texts
  }

  private static func collect(_ node: JSONNode, _ path: ByteString, into texts: inout [LintText]) {
    switch node.value {
    case .string(let text): texts.append(LintText(field: path, text: text, offset: node.offset))
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collect(element, ByteString("\(path)[\(index)]"), into: &texts)
      }
    case .object(let members):
      for member in members {
        collect(member.node, ByteString("\(path).\(member.key)"), into: &texts)
      }
    case .null, .bool, .number: break
    }
  }
}
