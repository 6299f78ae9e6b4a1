import ArgumentParser
import PromptCompilation

/// The option that bounds the tokens of a prompt.
struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most tokens of a prompt: the least important blocks that do not fit are left out.",
      valueName: "n"))
  var budget: Int?

  func validate() throws {
    if let budget, budget < 1 { throw ValidationError("--budget: at least 1") }
  }

  /// The spec with the budget that the option states, and what else the spec's own says.
  func applied(to spec: Spec) -> Spec {
    guard let budget else { return spec }
    var spec = spec
    var stated = spec.policy.budget ?? Policy.Budget()
    stated.tokens = budget
    stated.offset = nil
    spec.policy.budget = stated
    return spec
  }
}
