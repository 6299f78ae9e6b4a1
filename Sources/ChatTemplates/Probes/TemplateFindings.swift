public import Bytes
internal import OrderedJSON

/// Everything that a probe finds out about a template.
public struct TemplateFindings: Sendable {
  /// Where system text, tools and documents stand, in this order.
  public var slots: [(part: TemplateSlot.Part, outcome: ProbeOutcome<TemplateSlot>)]
  /// Whether history is append-only, by kind of conversation.
  public var histories: [(scenario: ProbeScenario, outcome: ProbeOutcome<HistoryFinding>)]
  /// The keyword arguments that change the text.
  public var arguments: [ArgumentFinding]
  /// What the date changes; nil if nothing.
  public var date: TextEffect?
  /// What the order of keys changes.
  public var keyOrders: [KeyOrderFinding]
  /// What becomes of white space at the edges of messages, by role; nil where the template prints nothing
  /// of the role.
  public var edges: [(role: ByteString, finding: EdgeFinding?)]
  /// Who writes the mark that begins a prompt.
  public var beginning: BeginningFinding
  /// What is there for the model to go on from.
  public var generationPrompt: ProbeOutcome<GenerationPromptFinding>
}

extension TemplateProbe {
  /// Asks all questions.
  ///
  /// - Complexity: some hundred renderings of short conversations, more for a template that reads many
  ///   names.
  public func findings() -> TemplateFindings {
    let prompts = self.prompts()
    return TemplateFindings(
      slots: TemplateSlot.Part.allCases.map { ($0, slot(of: $0)) },
      histories: ProbeScenario.allCases.map { ($0, history(in: $0)) },
      arguments: argumentFindings(prompts),
      date: dateEffect(),
      keyOrders: KeyOrderFinding.Objects.allCases.map {
        KeyOrderFinding(objects: $0, difference: keyOrderDifference(in: $0, prompts))
      },
      edges: [ByteString](["system", "user", "assistant"]).map { ($0, edges(of: $0)) },
      beginning: beginning(prompts),
      generationPrompt: generationPrompt(prompts))
  }
}
