internal import Bytes
internal import OrderedJSON

/// A text of a spec.
struct LintText {
  /// The member of the spec.
  var field: ByteString
  /// The text as the spec has it.
  var text: ByteString
  /// Where it stands in the spec's source, in bytes.
  var offset: Int
  /// The block whose text it is; nil if it is no document.
  var block: Int?
  /// Whether variables stand in it.
  var hasVariables = false
  /// Whether it is a constant by its meaning, such as the value of an `enum`.
  var isConstant = false

  /// The texts of the head of a spec: system text, tools, blocks that are pinned first.
  static func head(of spec: Spec) -> [LintText] {
    var texts: [LintText] = []
    if let system = spec.system {
      texts += LintText.texts(of: system, spec.json?["system"], "system", hasVariables: true)
    } else if let first = spec.conversation.first,
      first.role == "system" || first.role == "developer"
    {
      texts += LintText.texts(ofMessage: 0, in: spec)
    }
    if let tools = spec.tools { collect(tools, "tools", into: &texts) }
    for (index, block) in spec.blocks.enumerated() where block.pin == .first {
      if let title = block.title {
        let node = spec.element(index, of: "blocks")?["title"]
        texts.append(
          LintText(
            field: ByteString("blocks[\(index)].title"), text: title,
            offset: node?.offset ?? block.offset, hasVariables: true))
      }
      texts.append(document(index, in: spec))
    }
    return texts
  }

  /// The texts of a spec that are behind the head: other blocks, the conversation, the query.
  static func body(of spec: Spec) -> [LintText] {
    var texts: [LintText] = []
    for (index, block) in spec.blocks.enumerated() where block.pin != .first {
      texts.append(document(index, in: spec))
    }
    for index in spec.conversation.indices {
      let isOfHead =
        index == 0 && spec.system == nil
        && ["system", "developer"].contains(spec.conversation[0].role)
      if !isOfHead { texts += LintText.texts(ofMessage: index, in: spec) }
    }
    if let query = spec.query {
      texts += LintText.texts(of: query, spec.json?["query"], "query", hasVariables: true)
    }
    return texts
  }

  private static func document(_ index: Int, in spec: Spec) -> LintText {
    let block = spec.blocks[index]
    let member = block.file == nil ? "text" : "file"
    return LintText(
      field: ByteString("blocks[\(index)].\(member)"), text: block.text, offset: block.textOffset,
      block: index)
  }

  private static func texts(ofMessage index: Int, in spec: Spec) -> [LintText] {
    let message = spec.conversation[index]
    guard let content = message.content else { return [] }
    let node = spec.element(index, of: "conversation")?["content"]
    return texts(of: content, node, ByteString("conversation[\(index)].content"))
  }

  /// The texts of a content that is a string or parts.
  private static func texts(
    of content: Content, _ node: JSONNode?, _ field: ByteString, hasVariables: Bool = false
  ) -> [LintText] {
    guard let parts = node?.elements, parts.count == content.parts.count else {
      return content.texts.map {
        LintText(
          field: field, text: $0, offset: node?.offset ?? content.offset, hasVariables: hasVariables
        )
      }
    }
    return zip(content.parts, parts).enumerated().compactMap { index, pair in
      guard case .text(let text) = pair.0 else { return nil }
      return LintText(
        field: ByteString("\(field)[\(index)].text"), text: text,
        offset: pair.1["text"]?.offset ?? content.offset, hasVariables: hasVariables)
    }
  }

  /// Members of a JSON Schema whose values are constants by their meaning.
  private static let constants: [ByteString] = [
    "example", "examples", "enum", "const", "pattern", "format", "$id", "$ref", "$schema",
  ]

  private static func collect(
    _ node: JSONNode, _ path: ByteString, isConstant: Bool = false, into texts: inout [LintText]
  ) {
    switch node.value {
    case .string(let text):
      texts.append(
        LintText(field: path, text: text, offset: node.offset, isConstant: isConstant))
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collect(element, ByteString("\(path)[\(index)]"), isConstant: isConstant, into: &texts)
      }
    case .object(let members):
      for member in members {
        // A property may be called as a keyword is: its value is a schema then.
        let isKeyword = member.node.members == nil && constants.contains(member.key)
        collect(
          member.node, ByteString("\(path).\(member.key)"), isConstant: isConstant || isKeyword,
          into: &texts)
      }
    case .null, .bool, .number: break
    }
  }
}

extension Spec {
  /// An element of a member as it was parsed; nil where code put in what the source does not have.
  fileprivate func element(_ index: Int, of member: ByteString) -> JSONNode? {
    guard let elements = json?[member]?.elements, elements.indices.contains(index) else {
      return nil
    }
    return elements[index]
  }

  /// Where byte `offset` of a text stands.
  func place(of text: LintText, offset: Int) -> HeadPlace {
    if let block = text.block { return place(ofBlock: block, offset: offset, shown: nil) }
    return place(of: text.text, at: text.offset, text.field, offset: offset, shown: nil)
  }
}
