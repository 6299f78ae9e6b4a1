internal import Bytes
internal import ChatTemplates

/// Which message the blocks open.
///
/// The current user message, unless the spec says otherwise, or the chat template moves what stands
/// before the blocks: then the first user message of the conversation, which stays in place when a turn is added.
/// What was sent before is not changed: blocks that come later then stand in the current message.
enum BlockSlot: Hashable {
  /// The current user message.
  case current
  /// The message at this index of the conversation.
  case earlier(Int)

  /// The slot that a spec names, or else the probe of the template.
  ///
  /// - Parameters:
  ///   - arguments: the keyword arguments of the template.
  ///   - warn: is called with what the user should know.
  /// - Complexity: up to six renderings of short conversations, if there are blocks, an earlier user
  ///   message, and system text or tools; else none.
  init(
    _ prompt: PromptRepresentation, _ arguments: TemplateArguments, of model: Model,
    warn: (String) -> Void
  ) {
    self = .current
    guard !prompt.blocks.isEmpty, prompt.spec.slot != .user,
      let first = prompt.conversation.firstIndex(where: { $0.role == "user" }),
      prompt.recall?.turns[first] == nil
    else { return }
    if prompt.spec.slot == .firstUser {
      self = .earlier(first)
      return
    }
    let probe = TemplateProbe(
      model.templates, specialTokens: model.profile.specialTokens,
      keywordArguments: arguments.members, clock: arguments.clock)
    let hasSystem = prompt.system != nil || prompt.conversation.first?.role == "system"
    let movesSystem = hasSystem && probe.moves(.system)
    guard movesSystem || prompt.spec.hasTools && probe.moves(.tools) else { return }
    self = .earlier(first)
    let template = model.templates.template(hasTools: prompt.spec.hasTools).name
    warn(
      "the chat template \(template) moves the \(movesSystem ? "system text" : "tools") when a turn is "
        + "added: the blocks open the first user message, which stays in place "
        + "(\"slot\": \"user\" puts them into the current one)")
  }
}

extension TemplateProbe {
  /// Whether a part moves when a turn is added; what the template refuses does not.
  fileprivate func moves(_ part: TemplateSlot.Part) -> Bool {
    slot(of: part).finding?.moves ?? false
  }
}
