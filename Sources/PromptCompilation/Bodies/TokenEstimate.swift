internal import Bytes
public import Tokenization

/// How many tokens texts have for a model.
///
/// With the model's own tokenizer the numbers are exact. For a model whose vocabulary is not public they are
/// estimates: by another tokenizer, or by the length. What the provider says in `usage` corrects them.
public struct TokenEstimate {
  /// About as many bytes of text have one token, where no tokenizer counts.
  public static let bytesPerToken = 4.0

  /// How much higher than a minimum an estimate must be to be surely above it: one part in four.
  public static let margin = 1.25

  /// Whether the numbers are those of the model's own tokenizer.
  public let isExact: Bool
  /// What the provider's counts say of this estimate.
  public var correction = TokenCorrection()
  private let encoder: TextEncoder?

  /// Tokens by the provider's count for one of this estimate; 1 until a usage is known.
  public var factor: Double { correction.factor }

  /// Takes the tokens of texts from a tokenizer; from their length without one.
  ///
  /// - Parameter isExact: whether the tokenizer is the model's own.
  /// - Throws: `CompilationError` if the tokenizer cannot be used.
  public init(_ tokenizer: Tokenizer? = nil, isExact: Bool = true) throws(CompilationError) {
    do {
      encoder = try tokenizer?.makeEncoder()
    } catch {
      throw CompilationError(
        file: tokenizer?.vocabulary.name.string ?? "tokenizer", message: "\(error)")
    }
    self.isExact = isExact && tokenizer != nil
  }

  /// Returns the tokens of a text. A text that the tokenizer does not take is counted by its length.
  ///
  /// - Complexity: linear.
  public func count(_ text: [UInt8]) -> Int {
    let counted = encoder.flatMap { try? $0.count(text) }.map(Double.init)
    return Int(((counted ?? Double(text.count) / Self.bytesPerToken) * factor).rounded(.up))
  }

  /// Whether a number of tokens that was counted so is surely at least `minimum`.
  public func reaches(_ minimum: Int, _ count: Int) -> Bool {
    isExact ? count >= minimum : Double(count) >= Double(minimum) * Self.margin
  }

  /// Takes notice of how many tokens a provider counted for a request.
  ///
  /// Exact numbers are not corrected.
  ///
  /// - Parameters:
  ///   - estimated: the tokens that were estimated, with the factor of that time.
  ///   - actual: the tokens that the provider counted, those from the cache among them.
  public mutating func correct(estimated: Int, actual: Int) {
    guard !isExact else { return }
    correction.learn(estimated: Double(estimated) / factor, actual: actual)
  }
}
