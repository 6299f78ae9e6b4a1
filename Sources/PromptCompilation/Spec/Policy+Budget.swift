extension Policy {
  /// How many tokens a prompt may have, and what is done if it has more.
  public struct Budget: Hashable, Sendable {
    /// What is done if the blocks do not all fit.
    public enum Overflow: String, Sendable, CaseIterable {
      /// The least important blocks are left out.
      case drop
      /// The same, and of the most important block that does not fit the beginning is shown.
      case truncate
      /// It is an error.
      case error
    }

    /// The most tokens of the prompt; nil is the model's context less `reserve`. More than that is never
    /// allowed.
    public var tokens: Int?
    /// The tokens of the model's context that are left for the answer; nil takes `max_completion_tokens` or
    /// `max_tokens` of the request's parameters, or 0.
    public var reserve: Int?
    /// What is done if the blocks do not all fit.
    public var overflow: Overflow
    /// Where it stands in the spec's source, in bytes; nil if it stands elsewhere.
    public var offset: Int?

    /// Makes a budget.
    public init(tokens: Int? = nil, reserve: Int? = nil, overflow: Overflow = .drop) {
      self.tokens = tokens
      self.reserve = reserve
      self.overflow = overflow
    }
  }
}

extension Policy.Budget {
  /// The tokens that are left for the answer of a spec's request.
  func reserve(for spec: Spec) -> Int {
    if let reserve { return reserve }
    for key in ["max_completion_tokens", "max_tokens"] {
      if case .number(let number)? = spec.parameters.last(where: { $0.key.string == key })?.node
        .value,
        let value = number.integer, value > 0
      {
        return value
      }
    }
    return 0
  }

  /// Returns the most tokens that the prompt of a spec may have.
  ///
  /// - Throws: `CompilationError` if nothing says it, or if the reserve leaves nothing.
  func limit(for spec: Spec, of profile: ModelProfile) throws(CompilationError) -> Int {
    let reserve = reserve(for: spec)
    guard let context = profile.contextLength else {
      if let tokens { return tokens }
      throw fault(
        in: spec,
        "the context length of \(profile.name) is not known: give the budget's \"tokens\"")
    }
    guard reserve < context else {
      throw fault(
        in: spec,
        "the reserve of \(reserve) tokens leaves nothing of the context of \(profile.name) (\(context))"
      )
    }
    return min(tokens ?? Int.max, context - reserve)
  }

  /// An error about the budget.
  func fault(in spec: Spec, _ message: String) -> CompilationError {
    guard let offset else { return CompilationError(file: spec.name, message: message) }
    return CompilationError([spec.diagnostic(at: offset, message)])
  }
}
