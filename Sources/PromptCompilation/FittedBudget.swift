public import Bytes

/// What became of the blocks so that a prompt fits its budget.
public struct FittedBudget: Hashable, Sendable {
  /// The most tokens that the prompt may have.
  public let limit: Int
  /// The tokens of the model's context that are left for the answer.
  public let reserve: Int
  /// The tokens that the prompt would have with all blocks.
  public let tokensOfAll: Int
  /// The blocks that are left out, most important first, each with its references.
  public internal(set) var dropped: [DroppedBlock] = []
  /// The block of which only the beginning is shown; none or one.
  public internal(set) var truncated: [TruncatedBlock] = []
  /// How many choices of blocks were compiled to count their tokens.
  public internal(set) var trialCount = 0

  init(limit: Int, reserve: Int, tokensOfAll: Int) {
    self.limit = limit
    self.reserve = reserve
    self.tokensOfAll = tokensOfAll
  }
}

/// By how much what is never left out of a prompt is more than its budget.
public struct BudgetShortage: Hashable, Sendable {
  /// A part of a prompt.
  public struct Part: Hashable, Sendable {
    /// What it is: `system`, `tools`, `conversation`, `query`, `annotation`, `template`, or `block LABEL`.
    public let name: String
    /// Its tokens.
    public let tokens: Int
  }

  /// The most tokens that the prompt may have.
  public let limit: Int
  /// The tokens of what is never left out.
  public let tokens: Int
  /// What they are of: all of them.
  public let parts: [Part]
}

/// A block that is left out of a prompt.
public struct DroppedBlock: Hashable, Sendable {
  /// Why a block is left out.
  public enum Reason: String, Sendable {
    /// It takes more tokens than more important blocks left.
    case doesNotFit = "does_not_fit"
    /// It is a reference to a block that is left out.
    case referentDropped = "referent_dropped"
    /// Its tokens might have been left, but as many choices as are tried had been tried.
    case notTried = "not_tried"
  }

  /// The label that it would have had.
  public let label: ByteString
  /// The place in the spec's list, from 0.
  public let index: Int
  /// The places in the spec's list of further occurrences of the same block.
  public let repeats: [Int]
  /// The place in the order of importance, from 0.
  public let importanceRank: Int
  /// The tokens of its frame.
  public let tokens: Int
  /// Why it is left out.
  public let reason: Reason
}

/// A block of which only the beginning is shown.
public struct TruncatedBlock: Hashable, Sendable {
  /// The label.
  public let label: ByteString
  /// The place in the spec's list, from 0.
  public let index: Int
  /// The place in the order of importance, from 0.
  public let importanceRank: Int
  /// The tokens of its text as a text of its own.
  public let tokens: Int
  /// How many of them are left out.
  public let tokensLeftOut: Int
}
