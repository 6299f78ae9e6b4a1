/// Why a prompt cannot be sent through a simulated cache.
public enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The pages of the model and those of the trace do not divide one another.
  case unequalPages(model: Int, trace: Int)
  /// Some prompts are token ids and others page names, or pages of another size.
  case mixedContent

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .unequalPages(let model, let trace):
      "pages of \(model) tokens cannot be told from the trace's pages of \(trace): "
        + "take a multiple or a divisor of \(trace)"
    case .mixedContent:
      "token ids and page names (or pages of two sizes) in one simulation: simulate them apart"
    }
  }
}
