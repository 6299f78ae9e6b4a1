/// A kind of conversation that templates are tried with.
public enum ProbeScenario: String, Sendable, CaseIterable {
  /// System, user and assistant in turns.
  case plain
  /// The same without a system message.
  case noSystem = "no_system"
  /// The assistant's messages carry its reasoning.
  case reasoning
  /// Tools are there, and none is called.
  case tools
  /// The assistant calls a tool twice before it answers; then the user goes on.
  case agentLoop = "agent_loop"
  /// The same, with the reasoning before each call and the answer.
  case agentLoopReasoning = "agent_loop_reasoning"
}

extension ProbeScenario {
  /// Whether the conversation has tools.
  var hasTools: Bool {
    switch self {
    case .tools, .agentLoop, .agentLoopReasoning: true
    case .plain, .noSystem, .reasoning: false
    }
  }

  /// Whether the assistant's messages carry its reasoning.
  var hasReasoning: Bool { self == .reasoning || self == .agentLoopReasoning }

  /// Whether tools are called.
  var hasCalls: Bool { self == .agentLoop || self == .agentLoopReasoning }
}
