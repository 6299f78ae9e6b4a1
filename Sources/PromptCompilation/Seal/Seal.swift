public import Bytes
public import ChatTemplates

/// The record that goes with a compiled prompt: what it was made with, and the exact addresses of its
/// sections.
public struct Seal: Sendable {
  /// The name of the vocabulary.
  public var vocabulary: ByteString
  /// The digest of the compiled vocabulary.
  public var vocabularyDigest: Digest
  /// The name of the chat template.
  public var template: String
  /// The SHA-256 of the template's source.
  public var templateDigest: Digest
  /// The time that the template printed; nil if the prompt does not depend on the time.
  public var clock: TemplateClock?
  /// The version of the ICU that normalised the text.
  public var icuVersion: String
  /// Whether an engine that is sent the request computes exactly these tokens.
  public var isExact: Bool
  /// Why it may not.
  public var reasons: [String]
  /// The number of tokens of the prompt.
  public var tokenCount: Int
  /// The sections in order.
  public var sections: [Section]
}
