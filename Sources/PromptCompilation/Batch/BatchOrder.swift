/// In which order the requests of a batch are sent, and how their blocks are laid out.
public enum BatchOrder: Hashable, Sendable {
  /// As listed; the blocks as each spec says.
  case given
  /// As listed; the blocks of each against those before it.
  case online
  /// All together: requests that share blocks are sent one after another.
  case offline
  /// So many waiting requests at a time, against a cache that holds so many tokens.
  case windows(size: Int, cacheTokens: Int)
}
