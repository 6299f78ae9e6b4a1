public import Bytes
internal import OrderedJSON

/// What becomes of white space at the edges of a message's text.
public struct EdgeFinding: Hashable, Sendable {
  /// Whether white space at the beginning is gone.
  public var trimsStart: Bool
  /// Whether white space at the end is gone.
  public var trimsEnd: Bool

  /// Makes a finding.
  public init(trimsStart: Bool, trimsEnd: Bool) {
    self.trimsStart = trimsStart
    self.trimsEnd = trimsEnd
  }
}

/// The mark that begins a prompt.
public struct BeginningFinding: Hashable, Sendable {
  /// The model's token for it; nil if it has none, or it is not known.
  public var token: ByteString?
  /// Whether the template writes it: then the tokenizer must not add it.
  public var isWritten: Bool

  /// Makes a finding.
  public init(token: ByteString?, isWritten: Bool) {
    self.token = token
    self.isWritten = isWritten
  }
}

/// What another order of the keys of objects changes.
public struct KeyOrderFinding: Hashable, Sendable {
  /// The objects whose keys are reordered.
  public enum Objects: String, Sendable, CaseIterable {
    /// The definitions of tools.
    case tools
    /// The arguments of tool calls.
    case calls
  }

  /// The objects.
  public var objects: Objects
  /// Where the text changes; nil if it does not.
  public var difference: TextDifference?
}

/// What the template adds for the model to go on from.
public struct GenerationPromptFinding: Hashable, Sendable {
  /// The text; empty if there is none.
  public var text: ByteString
  /// Where asking for it changes what stands before it; nil if it is only added at the end.
  public var difference: TextDifference?

  /// Whether it is only added at the end.
  public var isPureSuffix: Bool { difference == nil }
}

extension TemplateProbe {
  /// Whether the text of messages of a role is trimmed; nil if the template prints nothing of it, or
  /// refuses it.
  public func edges(of role: ByteString) -> EdgeFinding? {
    let style = self.style
    var conversation = ProbeConversation(style)
    if role == "system" || style.hasSystem {
      conversation.add(role: "system", role == "system" ? Self.edgedText : "SYSTEM-TEXT")
    }
    conversation.add(role: "user", role == "user" ? Self.edgedText : "QUESTION-1")
    conversation.add(role: "assistant", role == "assistant" ? Self.edgedText : "ANSWER-1")
    conversation.add(role: "user", "QUESTION-2")
    guard let index = conversation.messages.firstIndex(where: { $0["role"]?.string == role }),
      let range = (try? render(conversation, prompting: true))?
        .sourceRange(of: "messages[\(index)].content")
    else { return nil }
    return EdgeFinding(
      trimsStart: range.start > 0, trimsEnd: range.end < Self.edgedText.utf8.count)
  }

  private static let edgedText = "\n EDGED-TEXT \n"

  /// Who writes the mark that begins a prompt.
  public func beginning() -> BeginningFinding {
    beginning(prompts())
  }

  func beginning(_ prompts: [ProbePrompt]) -> BeginningFinding {
    let token = specialTokens.last { $0.key == "bos_token" }?.node
    let text = token?.string ?? token?["content"]?.string
    let prompt = prompts.first?.rendered.bytes ?? []
    guard let text, !text.isEmpty else { return BeginningFinding(token: nil, isWritten: false) }
    return BeginningFinding(token: text, isWritten: prompt.starts(with: text.bytes))
  }

  /// What is added for the model to go on from, in any scenario, and whether it is only added.
  public func generationPrompt() -> ProbeOutcome<GenerationPromptFinding> {
    generationPrompt(prompts())
  }

  func generationPrompt(
    _ prompts: [ProbePrompt]
  ) -> ProbeOutcome<GenerationPromptFinding> {
    ProbeOutcome { () throws(TemplateRefusal) in
      var found: GenerationPromptFinding?
      for prompt in prompts {
        let messages = prompt.conversation.messages
        // At the end, and where the result of a tool has come.
        let results = messages.indices.filter { messages[$0]["role"]?.string == "tool" }
        for count in [messages.count] + results.prefix(1).map({ $0 + 1 }) {
          let without = try render(prompt.conversation, first: count).bytes
          let with = try render(prompt.conversation, first: count, prompting: true).bytes
          guard with.starts(with: without) else {
            return GenerationPromptFinding(
              text: found?.text ?? "", difference: difference(without, with))
          }
          if found == nil {
            found = GenerationPromptFinding(
              text: ByteString(with[without.count...]), difference: nil)
          }
        }
      }
      if let found { return found }
      var conversation = ProbeConversation()
      conversation.addUser()
      _ = try render(conversation, prompting: true)
      return GenerationPromptFinding(text: "", difference: nil)
    }
  }

  /// Where another order of the keys changes the text; nil if nowhere, or if the template does not take
  /// such conversations.
  public func keyOrderDifference(in objects: KeyOrderFinding.Objects) -> TextDifference? {
    keyOrderDifference(in: objects, prompts())
  }

  func keyOrderDifference(
    in objects: KeyOrderFinding.Objects, _ prompts: [ProbePrompt]
  ) -> TextDifference? {
    let scenario: ProbeScenario = objects == .tools ? .tools : .agentLoop
    guard let prompt = prompts.first(where: { $0.scenario == scenario }) else { return nil }
    var style = prompt.conversation.style
    style.hasReversedKeys = true
    var reordered = ProbeConversation(scenario, style)
    if objects == .calls { reordered.tools = prompt.conversation.tools }
    guard let rendered = try? render(reordered, prompting: true) else { return nil }
    return difference(prompt.rendered.bytes, rendered.bytes)
  }
}
