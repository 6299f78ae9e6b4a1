/// In which order the requests of a batch are sent, and how their blocks are laid out.
public enum BatchOrder: String, Sendable, CaseIterable {
  /// As listed; the blocks as each spec says.
  case given
  /// As listed; the blocks of each against those before it.
  case online
  /// All together: requests that share blocks are sent one after another.
  case offline
}
