public import Bytes
public import OrderedJSON

/// A place in the prompt of a conversation that ends with a user message.
public enum PromptRegion: String, Sendable {
  /// Before the text of the first user message.
  case head
  /// From there to the end of the last answer.
  case history
  /// From there to the end of the last user message.
  case lastUser = "last_user"
  /// What is there for the model to go on from.
  case generationPrompt = "generation_prompt"
}

/// What changes a prompt beside its conversation, and where.
public struct TextEffect: Sendable {
  /// The kinds of conversations whose prompts change.
  public var scenarios: [ProbeScenario]
  /// Where the first of them changes.
  public var region: PromptRegion
  /// The first difference there; first is the prompt without the change.
  public var difference: TextDifference
}

/// A keyword argument that changes the text.
public struct ArgumentFinding: Sendable {
  /// Its name.
  public var name: ByteString
  /// The values that were tried and have this effect, or choose one in the same place.
  public var values: [JSONNode]
  /// What the first of them does.
  public var effect: TextEffect

  /// Whether another text changes the same prompts in the same place: the text itself is printed there,
  /// or what it chooses.
  fileprivate func isAlike(_ value: JSONValue, _ other: TextEffect) -> Bool {
    guard case .string = value, case .string? = values.first?.value else { return false }
    return effect.scenarios == other.scenarios && effect.difference.byte == other.difference.byte
  }
}

extension TemplateProbe {
  /// What arguments are tried with: switches, levels of effort, a text, a budget, lists.
  private static let values: [JSONValue] = [
    .bool(true), .bool(false), .string("low"), .string("high"), .string("ARGUMENT-TEXT"),
    .integer(512), .array(of: [.string("ARGUMENT-TEXT")]),
  ]

  /// The keyword arguments that change a prompt, in the order in which the template first reads them;
  /// for each as many findings as there are different effects.
  ///
  /// Tried are the names that the template reads from outside. A value that the template refuses has no
  /// effect.
  public func argumentFindings() -> [ArgumentFinding] {
    argumentFindings(prompts())
  }

  func argumentFindings(_ prompts: [ProbePrompt]) -> [ArgumentFinding] {
    argumentNames.flatMap { findings(for: $0, prompts) }
  }

  /// The names that keyword arguments can have.
  var argumentNames: [ByteString] {
    let tools = toolTemplate.freeNames
    let names = template.freeNames
    return (names + tools.filter { !names.contains($0) }).filter { name in
      !TemplateRequest.reservedNames.contains(name) && !Self.isSpecialToken(name)
        && !specialTokens.contains { $0.key == name }
        && !keywordArguments.contains { $0.key == name }
    }
  }

  private func findings(
    for name: ByteString, _ prompts: [ProbePrompt]
  ) -> [ArgumentFinding] {
    var findings: [(changed: [[UInt8]?], finding: ArgumentFinding)] = []
    for value in Self.values {
      let argument = JSONMember(name, JSONNode(value))
      let changed = changes(of: prompts) { (prompt) throws(TemplateRefusal) in
        try render(prompt.conversation, prompting: true, arguments: [argument]).bytes
      }
      guard let effect = effect(of: changed, on: prompts) else { continue }
      let known = findings.firstIndex {
        $0.changed == changed || $0.finding.isAlike(value, effect)
      }
      if let known {
        findings[known].finding.values.append(argument.node)
      } else {
        let finding = ArgumentFinding(name: name, values: [argument.node], effect: effect)
        findings.append((changed, finding))
      }
    }
    return findings.map(\.finding)
  }

  /// What another day does to the prompts; nil if nothing.
  public func dateEffect() -> TextEffect? {
    let days = [
      TemplateClock(year: 2001, month: 2, day: 3, hour: 4, minute: 5, second: 6),
      TemplateClock(year: 2022, month: 11, day: 30, hour: 19, minute: 48, second: 57),
    ]
    let prompts = self.prompts(clock: days[0])
    let changed = changes(of: prompts) { (prompt) throws(TemplateRefusal) in
      try render(prompt.conversation, prompting: true, clock: days[1]).bytes
    }
    return effect(of: changed, on: prompts)
  }
}

// MARK: - Effects

/// The prompt of a scenario.
struct ProbePrompt {
  let scenario: ProbeScenario
  let conversation: ProbeConversation
  let rendered: RenderedPrompt
}

extension TemplateProbe {
  /// The prompts of all scenarios that the template takes.
  func prompts(clock: TemplateClock? = nil) -> [ProbePrompt] {
    let style = self.style
    return ProbeScenario.allCases.compactMap { scenario in
      var style = style
      style.hasSystem = style.hasSystem && scenario != .noSystem
      for arguments in [ProbeConversation.ArgumentStyle.object, .string] {
        style.arguments = arguments
        let conversation = ProbeConversation(scenario, style)
        if let rendered = try? render(conversation, prompting: true, clock: clock) {
          return ProbePrompt(scenario: scenario, conversation: conversation, rendered: rendered)
        }
      }
      return nil
    }
  }

  /// The prompts that `render` makes; nil where one is the same as before, or is refused.
  private func changes(
    of prompts: [ProbePrompt], _ render: (ProbePrompt) throws(TemplateRefusal) -> [UInt8]
  ) -> [[UInt8]?] {
    prompts.map { prompt in
      guard let text = try? render(prompt), text != prompt.rendered.bytes else { return nil }
      return text
    }
  }

  private func effect(of changed: [[UInt8]?], on prompts: [ProbePrompt]) -> TextEffect? {
    var effect: TextEffect?
    for (prompt, text) in zip(prompts, changed) {
      guard let text else { continue }
      if effect == nil, let difference = difference(prompt.rendered.bytes, text) {
        effect = TextEffect(
          scenarios: [], region: region(of: difference.byte, in: prompt), difference: difference)
      }
      effect?.scenarios.append(prompt.scenario)
    }
    return effect
  }

  private func region(of byte: Int, in prompt: ProbePrompt) -> PromptRegion {
    let texts = prompt.rendered.messageExtents
    let messages = prompt.conversation.messages
    let first = messages.firstIndex { $0["role"]?.string == "user" } ?? 0
    let question = prompt.rendered.extent(of: "messages[\(first)].content")
    if let question, byte < question.start { return .head }
    if let end = texts.dropLast().last?.end, byte < end { return .history }
    let plain = try? render(prompt.conversation)
    if let plain, prompt.rendered.bytes.starts(with: plain.bytes) {
      return byte < plain.bytes.count ? .lastUser : .generationPrompt
    }
    guard let end = texts.last?.end else { return .generationPrompt }
    return byte < end ? .lastUser : .generationPrompt
  }
}
