/// Why a template does not render a conversation.
public struct TemplateRefusal: Error, Hashable, Sendable {
  /// Whether the template says so itself, with `raise_exception`; else an operation failed on what
  /// it met.
  public var isDeliberate: Bool
  /// The template's own message, or else the error with its place.
  public var message: String

  init(_ error: TemplateError) {
    isDeliberate = error.kind == .raised
    message = isDeliberate ? error.message : error.description
  }
}

/// What a probe found, or that the template refuses what it was tried with.
public enum ProbeOutcome<Finding: Sendable>: Sendable {
  /// What was found.
  case found(Finding)
  /// The template refuses.
  case refused(TemplateRefusal)

  /// What was found; nil if the template refuses.
  public var finding: Finding? {
    if case .found(let finding) = self { finding } else { nil }
  }

  init(_ body: () throws(TemplateRefusal) -> Finding) {
    do {
      self = .found(try body())
    } catch {
      self = .refused(error)
    }
  }
}
