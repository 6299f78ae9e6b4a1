internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// The blocks that a request names itself: `"cpc": {"blocks": [...]}` in its body.
struct ExplicitBlocks {
  /// The name of the member.
  static let key: ByteString = "cpc"
  private static let keys: [ByteString] = ["blocks", "conversation_id", "policy"]

  /// The body.
  let root: JSONNode
  private let form: JSONNode
  private let source: SourceText

  /// Reads a body; nil if it names no blocks, or is no object.
  ///
  /// - Throws: `UnreadableBody` if it seems to name some and cannot be read.
  init?(_ body: [UInt8]) throws(UnreadableBody) {
    guard body.mayHaveMember(Self.key) else { return nil }
    let root: JSONNode
    do throws(JSONSyntaxError) {
      root = try JSONParser.parse(body, loneSurrogates: .replaced)
    } catch {
      guard Self.areWritten(in: body) else { return nil }
      throw UnreadableBody(error)
    }
    guard let form = root[Self.key] else { return nil }
    self.root = root
    self.form = form
    source = SourceText(name: "request", bytes: body)
  }

  /// Whether a body names blocks, found without a tree of its values.
  static func areNamed(in body: [UInt8]) -> Bool {
    guard body.mayHaveMember(key) else { return false }
    var isNamed = false
    do throws(JSONSyntaxError) {
      var reader = try JSONReader(body, loneSurrogates: .replaced)
      _ = try reader.readMembers([key]) { reader, place throws(JSONSyntaxError) in
        isNamed = isNamed || place != nil
        try reader.skipValue()
      }
      try reader.finish()
    } catch {
      return areWritten(in: body)
    }
    return isNamed
  }

  /// Whether the name stands in front of a colon in a body that is no JSON, but may be for others.
  private static func areWritten(in body: [UInt8]) -> Bool {
    let name = [UInt8(ascii: "\"")] + key.bytes + [UInt8(ascii: "\"")]
    var start = 0
    while let place = body.firstOffset(of: name, from: start) {
      start = place + name.count
      let next = body[start...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      let isInText = place > 0 && body[place - 1] == UInt8(ascii: "\\")
      if next == UInt8(ascii: ":"), !isInText { return true }
    }
    return false
  }

  /// The spec of the messages up to the last one of the user's, in which the blocks stand.
  ///
  /// - Parameters:
  ///   - limit: the most blocks.
  ///   - controlTokens: what the server does with control tokens; a request can only ask for something stricter.
  /// - Throws: `RewriteRefusal` with all that is wrong.
  func spec(
    tenant: Tenant, limit: Int, _ controlTokens: Policy.ControlTokens?
  ) throws(RewriteRefusal) -> (Spec, messages: [JSONNode]) {
    guard let members = form.members else {
      throw fault(form, "\"cpc\" must be an object, not \(form.value.kind)")
    }
    for member in members where !Self.keys.contains(member.key) {
      throw fault(
        JSONNode(.null, offset: member.keyOffset),
        "\"cpc\" has no \"\(member.key)\"; it has blocks, conversation_id and policy")
    }
    if let count = form["blocks"]?.elements?.count, count > limit {
      throw fault(form, "\(count) blocks are more than the \(limit) that a request may have")
    }
    let chat = ChatBody.node(root)
    guard let all = chat["messages"]?.elements else {
      throw fault(root, "\"cpc\" needs \"messages\" or \"input\" for its blocks to stand in")
    }
    guard let last = all.lastIndex(where: { $0["role"]?.string == "user" }) else {
      throw fault(root, "\"cpc\" needs a message of the user's for its blocks to stand in")
    }
    let messages = Array(all[...last])
    var spec = [
      JSONMember("cpc", JSONNode(.integer(1))),
      JSONMember("conversation", JSONNode(.array(messages), offset: root.offset)),
    ]
    spec += members
    if let tools = chat["tools"], !tools.isNull { spec.append(JSONMember("tools", tools)) }
    if let arguments = chat["chat_template_kwargs"], !arguments.isNull {
      spec.append(JSONMember("template_kwargs", arguments))
    }
    do {
      var read = try Spec(json: JSONNode(.object(spec), offset: root.offset), source: source)
      read.tenant = tenant.name
      if let controlTokens {
        let isStated = form["policy"]?["control_tokens"] != nil
        let stated = isStated ? read.policy.controlTokens : .keep
        read.policy.controlTokens =
          [.error, .escape].first { [stated, controlTokens].contains($0) }
          ?? .keep
      }
      return (read, messages)
    } catch {
      throw RewriteRefusal(message: error.description)
    }
  }

  private func fault(_ node: JSONNode, _ message: String) -> RewriteRefusal {
    let (line, column) = source.position(at: node.offset)
    return RewriteRefusal(message: "request:\(line):\(column): error: \(message)")
  }
}
