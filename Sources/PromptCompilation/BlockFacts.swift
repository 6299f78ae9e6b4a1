internal import ContextIndex
internal import Deduplication
internal import Synchronization
internal import Tokenization

/// What passes compute of a block that more than one of them wants: each is computed once.
///
/// Copies of a block share its facts, and so do equal blocks of later prompts (`KnownBlocks`); a block that is changed
/// has others.
final class BlockFacts: Sendable {
  private struct Known {
    var frame: BlockFrame?
    var shownFrame: BlockFrame?
    var fingerprint: BlockFingerprint?
    var content: BlockFingerprint?
    var textHash: Int?
    var segments: SegmentedText?
    var tokens: (vocabulary: Vocabulary, text: EncodedText)?
    /// The most tokens that are kept; nil if the facts end with their prompt.
    var tokenLimit: Int?
    var hasMoreTokens = false
  }
  private let known: Mutex<Known> = Mutex(Known())

  /// Notes that equal blocks of later prompts will have these facts.
  ///
  /// - Parameter limit: the most tokens that may be among them.
  func keep(tokens limit: Int) {
    known.withLock { $0.tokenLimit = limit }
  }

  /// Whether they will have the tokens too, as far as is known.
  var keepsTokens: Bool { known.withLock { $0.tokenLimit != nil && !$0.hasMoreTokens } }

  /// The frame of a block as it stands where nothing is folded.
  func frame(_ make: () -> BlockFrame) -> BlockFrame {
    value({ $0.frame }, { $0.frame = $1 }, make)
  }

  /// The frame of a block as it is shown.
  func shownFrame(_ make: () -> BlockFrame) -> BlockFrame {
    value({ $0.shownFrame }, { $0.shownFrame = $1 }, make)
  }

  /// What tells the frame from others.
  func fingerprint(_ make: () -> BlockFingerprint) -> BlockFingerprint {
    value({ $0.fingerprint }, { $0.fingerprint = $1 }, make)
  }

  /// What tells title and text from others.
  func content(_ make: () -> BlockFingerprint) -> BlockFingerprint {
    value({ $0.content }, { $0.content = $1 }, make)
  }

  /// A hash of the text, of this process.
  func textHash(_ make: () -> Int) -> Int {
    value({ $0.textHash }, { $0.textHash = $1 }, make)
  }

  /// What folding found out about the text by itself; nil if that is not known.
  var segments: SegmentedText? { known.withLock { $0.segments } }

  /// Keeps what folding found out about the text, if equal blocks of later prompts have these facts and it takes no
  /// more memory than the text.
  func keep(_ segments: SegmentedText, ofBytes count: Int) {
    guard segments.size <= count else { return }
    known.withLock { known in
      if known.tokenLimit != nil { known.segments = segments }
    }
  }

  /// A value that is known, or that is made and known from then on. No lock is held while it is made.
  @inline(__always)
  private func value<Value: Sendable>(
    _ read: (Known) -> Value?, _ write: (inout Known, Value) -> Void, _ make: () -> Value
  ) -> Value {
    if let value = known.withLock({ read($0) }) { return value }
    let value = make()
    known.withLock { write(&$0, value) }
    return value
  }

  /// The tokens of the frame that is shown, as a text of its own, in one vocabulary.
  func tokens(
    _ vocabulary: Vocabulary, _ make: () throws(TokenizerError) -> EncodedText
  ) throws(TokenizerError) -> EncodedText {
    let tokens = known.withLock { $0.tokens }
    if let tokens, tokens.vocabulary === vocabulary { return tokens.text }
    let text = try make()
    known.withLock { known in
      known.hasMoreTokens = text.ids.count > known.tokenLimit ?? .max
      if !known.hasMoreTokens { known.tokens = (vocabulary, text) }
    }
    return text
  }
}
