/// A cache of prompt prefixes that prompts are sent through.
protocol PrefixCache: Sendable {
  /// Looks a prompt up, keeps it, and gives up what does not fit. Returns how many of its first tokens
  /// were cached, at most all but one.
  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int
}
