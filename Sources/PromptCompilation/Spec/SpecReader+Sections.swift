internal import Bytes
internal import ChatTemplates
internal import ContextIndex
internal import OrderedJSON

extension SpecReader {
  mutating func tools(_ node: JSONNode) -> JSONNode? {
    guard let elements = array(node, "\"tools\"") else { return nil }
    for (index, element) in elements.enumerated() {
      _ = object(element, "\"tools\"[\(index)]", keys: nil)
    }
    return node
  }

  mutating func parameters(_ node: JSONNode) -> [JSONMember] {
    openObject(
      node, "\"parameters\"",
      without: [
        "messages", "tools", "chat_template_kwargs", "system", "chat_template", "documents",
        "add_generation_prompt", "continue_final_message", "add_special_tokens",
        "truncate_prompt_tokens",
      ])
  }

  mutating func templateArguments(_ node: JSONNode) -> [JSONMember] {
    openObject(node, "\"template_kwargs\"", without: TemplateRequest.reservedNames)
  }

  /// The members of an object that may have any key but those that cpc itself writes.
  private mutating func openObject(
    _ node: JSONNode, _ what: String, without reserved: [ByteString]
  ) -> [JSONMember] {
    let members = object(node, what, keys: nil) ?? []
    for member in members where reserved.contains(member.key) {
      fault(at: member.keyOffset, "\(what): \"\(member.key)\" is cpc's own to decide")
    }
    return members
  }

  mutating func variables(_ node: JSONNode) -> [Variable] {
    var variables: [Variable] = []
    for member in object(node, "\"variables\"", keys: nil) ?? [] {
      guard Variable.isName(member.key) else {
        fault(
          at: member.keyOffset,
          "\"\(member.key)\" is no name: letters, digits and _, beginning with no digit")
        continue
      }
      switch member.node.value {
      case .string(let text): variables.append(Variable(name: member.key, value: text))
      case .number(let number):
        variables.append(Variable(name: member.key, value: number.spelling))
      default:
        fault(
          at: member.node.offset,
          "variable \"\(member.key)\" must be a string or a number, not \(member.node.value.kind)")
      }
    }
    return variables
  }

  mutating func conversation(_ node: JSONNode) -> [Message] {
    var messages: [Message] = []
    for (index, element) in (array(node, "\"conversation\"") ?? []).enumerated() {
      let what = "\"conversation\"[\(index)]"
      guard let members = object(element, what, keys: nil) else { continue }
      guard let roleNode = element["role"], let role = string(roleNode, "\(what).role") else {
        if element["role"] == nil { fault(at: element.offset, "\(what) needs a \"role\"") }
        continue
      }
      if role == "system", index > 0 {
        fault(at: element.offset, "\(what): a system message stands only at the beginning")
      }
      var message = Message(role: role, content: nil)
      message.offset = element.offset
      for member in members {
        switch member.key {
        case "role": break
        case "content":
          if case .null = member.node.value { continue }
          message.content = content(member.node, "\(what).content")
        default: message.members.append(member)
        }
      }
      messages.append(message)
    }
    return messages
  }

  mutating func policy(_ node: JSONNode) -> Policy {
    var policy = Policy()
    let keys = [
      "order", "annotate", "control_tokens", "normalize", "deduplicate", "budget", "lint",
    ]
    for member in object(node, "\"policy\"", keys: keys) ?? [] {
      let node = member.node
      switch member.key {
      case "order":
        readOrder(node, into: &policy)
      case "annotate": readAnnotation(node, into: &policy.annotation)
      case "control_tokens":
        let value = choice(node, "\"control_tokens\"", Policy.ControlTokens.self)
        policy.controlTokens = value ?? policy.controlTokens
      case "normalize": readNormalization(node, into: &policy.normalization)
      case "deduplicate": readDeduplication(node, into: &policy.deduplication)
      case "budget": policy.budget = budget(node)
      case "lint": policy.suppressions = suppressions(node)
      default: break
      }
    }
    return policy
  }

  /// A name, or an object with the name and the bounds.
  private mutating func readOrder(_ node: JSONNode, into policy: inout Policy) {
    guard case .object = node.value else {
      policy.order = choice(node, "\"order\"", Policy.Order.self) ?? policy.order
      return
    }
    let keys = ["by", "max_displacement", "keep_first", "keep_last"]
    var bounds = ImportanceGuard()
    for member in object(node, "\"order\"", keys: keys) ?? [] {
      let what = "\"\(member.key)\""
      switch member.key {
      case "by": policy.order = choice(member.node, what, Policy.Order.self) ?? policy.order
      case "max_displacement":
        bounds.displacement = integer(member.node, what, in: 0...1_000_000)
        policy.importanceGuard = bounds
      case "keep_first":
        bounds.first = integer(member.node, what, in: 0...1_000_000) ?? 0
        policy.importanceGuard = bounds
      case "keep_last":
        bounds.last = integer(member.node, what, in: 0...1_000_000) ?? 0
        policy.importanceGuard = bounds
      default: break
      }
    }
  }

  private mutating func readAnnotation(_ node: JSONNode, into annotation: inout Policy.Annotation) {
    for member in object(node, "\"annotate\"", keys: ["style", "count", "language"]) ?? [] {
      switch member.key {
      case "style":
        let style = choice(member.node, "\"style\"", Policy.Annotation.Style.self)
        annotation.style = style ?? annotation.style
      case "count":
        annotation.count = integer(member.node, "\"count\"", in: 1...1000) ?? annotation.count
      case "language":
        let language = choice(member.node, "\"language\"", Policy.Annotation.Language.self)
        annotation.language = language ?? annotation.language
      default: break
      }
    }
  }

  private mutating func readNormalization(
    _ node: JSONNode, into normalization: inout Policy.Normalization
  ) {
    for member in object(node, "\"normalize\"", keys: ["form", "line_ends", "controls"]) ?? [] {
      switch member.key {
      case "form":
        let form = choice(member.node, "\"form\"", Policy.Normalization.Form.self)
        normalization.form = form ?? normalization.form
      case "line_ends":
        normalization.unifiesLineEnds = boolean(member.node, "\"line_ends\"") ?? true
      case "controls":
        normalization.removesControls = boolean(member.node, "\"controls\"") ?? true
      default: break
      }
    }
  }
}
