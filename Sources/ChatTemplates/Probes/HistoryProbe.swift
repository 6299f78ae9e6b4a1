internal import Bytes
internal import OrderedJSON

/// Whether the prompts of a conversation only grow.
public struct HistoryFinding: Hashable, Sendable {
  /// The first step at which something changes that an engine has computed already; nil if there is none:
  /// history is append-only.
  public var firstBreak: HistoryBreak?

  /// Whether every prompt, with the answer to it, is the beginning of the next prompt.
  public var isAppendOnly: Bool { firstBreak == nil }
}

/// Where a prompt, with the answer to it, is not the beginning of the next prompt.
public struct HistoryBreak: Hashable, Sendable {
  /// What follows the answer.
  public enum Step: String, Sendable {
    /// The user's next message.
    case userTurn = "user_turn"
    /// The result of the tool that the answer called.
    case toolResult = "tool_result"
  }

  /// What follows the answer.
  public var step: Step
  /// How many messages the earlier prompt holds.
  public var messages: Int
  /// How many bytes of the earlier prompt, with the answer, come behind the difference.
  public var lostBytes: Int
  /// The difference: first is the earlier prompt with its answer, second the next prompt.
  public var difference: TextDifference
}

extension TemplateProbe {
  /// Whether history is append-only in a kind of conversation.
  ///
  /// The answer to a prompt is what the template itself writes for it while it is the last message. A
  /// template that does not know reasoning apart from the content gets it inside the content.
  public func history(in scenario: ProbeScenario) -> ProbeOutcome<HistoryFinding> {
    ProbeOutcome { () throws(TemplateRefusal) in
      // A system message that is refused is the finding of one scenario; the others do without.
      var style = self.style
      style.hasSystem = scenario == .plain || scenario != .noSystem && style.hasSystem
      do throws(TemplateRefusal) {
        return try history(of: conversation(scenario, style))
      } catch {
        guard scenario.hasCalls, !error.isDeliberate else { throw error }
        // Some templates take the arguments of calls as text only.
        style.arguments = .string
        return try history(of: conversation(scenario, style))
      }
    }
  }

  /// The conversation of a scenario, with the reasoning in the form that the template knows.
  private func conversation(
    _ scenario: ProbeScenario, _ style: ProbeConversation.Style
  ) throws(TemplateRefusal) -> ProbeConversation {
    let conversation = ProbeConversation(scenario, style)
    guard scenario.hasReasoning,
      let answer = conversation.messages.firstIndex(where: \.isFromAssistant)
    else { return conversation }
    let rendered = try render(conversation, first: answer + 1)
    if rendered.extent(of: "messages[\(answer)].reasoning_content") != nil { return conversation }
    var style = style
    style.reasoning = .inline
    return ProbeConversation(scenario, style)
  }

  private func history(
    of conversation: ProbeConversation
  ) throws(TemplateRefusal) -> HistoryFinding {
    let messages = conversation.messages
    let answers = messages.indices.filter { messages[$0].isFromAssistant }
    for (answer, next) in zip(answers, answers.dropFirst() + [messages.count]) {
      let prompt = try render(conversation, first: answer, prompting: true).bytes
      let later = try render(conversation, first: next, prompting: true).bytes
      let computed = computedTexts(prompt, conversation, answer: answer)
      let shared = computed.map { TextDifference.sharedCount($0, later) }
      if zip(computed, shared).contains(where: { $0.count == $1 }) { continue }
      guard let best = shared.indices.max(by: { shared[$0] < shared[$1] }),
        let difference = difference(computed[best], later)
      else { continue }
      let step: HistoryBreak.Step =
        messages[next - 1]["role"]?.string == "tool" ? .toolResult : .userTurn
      return HistoryFinding(
        firstBreak: HistoryBreak(
          step: step, messages: answer, lostBytes: computed[best].count - difference.byte,
          difference: difference))
    }
    return HistoryFinding(firstBreak: nil)
  }

  /// What an engine may have computed when the answer at index `answer` is there: the prompt and the
  /// answer, or its beginning, in each of the ways in which it may be spelled.
  private func computedTexts(
    _ prompt: [UInt8], _ conversation: ProbeConversation, answer: Int
  ) -> [[UInt8]] {
    let message = conversation.messages[answer]
    let isInline = conversation.style.reasoning == .inline
    let isCall = message["tool_calls"] != nil
    let rendered = try? render(conversation, first: answer + 1)
    let printed = rendered?.sourceRange(of: "messages[\(answer)].content")
    var texts: [[UInt8]] = []
    // A text that the model writes as it is. Of a call, only what it says before, if that is ever kept.
    if message["reasoning_content"] == nil, isCall ? isInline && printed != nil : true {
      let text = message["content"]?.string ?? message["content"]?.elements?.first?["text"]?.string
      texts.append(prompt + Self.continuation(of: prompt, text?.bytes ?? []))
    }
    // What the template writes, unless it takes the reasoning out.
    if let rendered, rendered.bytes.starts(with: prompt), !isInline || printed?.start == 0,
      let extent = rendered.extent(of: "messages[\(answer)]")
    {
      texts.append(Array(rendered.bytes[..<max(extent.end, prompt.count)]))
    }
    // How a model spells a call is for the model to say.
    let isMute = isCall && !isInline && message["reasoning_content"] == nil
    if texts.isEmpty || isMute { texts.append(prompt) }
    return texts
  }

  /// What a model writes of `content` where the prompt has begun its reasoning already.
  private static func continuation(of prompt: [UInt8], _ content: [UInt8]) -> ArraySlice<UInt8> {
    let mark = Array("<think>\n".utf8)
    guard content.starts(with: mark) else { return content[...] }
    if prompt.suffix(mark.count).elementsEqual(mark) { return content.dropFirst(mark.count) }
    let isOpen = prompt.suffix(mark.count - 1).elementsEqual(mark.dropLast())
    return isOpen ? content.dropFirst(mark.count - 1) : content[...]
  }
}

extension JSONNode {
  fileprivate var isFromAssistant: Bool { self["role"]?.string == "assistant" }
}
