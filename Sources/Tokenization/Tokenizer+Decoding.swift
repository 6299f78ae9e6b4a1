internal import Bytes

extension Tokenizer {
  /// Returns the bytes that `ids` stand for. They need not be UTF-8: a character may be split over
  /// tokens.
  ///
  /// An added token that is looked for in normalised text is its normalised text, as in the reference.
  /// Where that puts U+FFFD for bytes that are not UTF-8, they are left as they are.
  ///
  /// - Parameter skippingSpecial: whether special tokens are left out.
  /// - Throws: `TokenizerError.unknownToken` for an id that the vocabulary does not have.
  /// - Complexity: linear.
  public func decode(
    _ ids: some Sequence<UInt32>, skippingSpecial: Bool = false
  ) throws(TokenizerError) -> [UInt8] {
    let steps = vocabulary.configuration.decoding
    let special = skippingSpecial ? specialTokens : []
    var texts: [[UInt8]] = []
    for (index, id) in ids.enumerated() {
      guard let bytes = vocabulary.bytes(of: id), !bytes.isEmpty else {
        throw .unknownToken(id: id, index: index)
      }
      if skippingSpecial, special.contains(id) { continue }
      texts.append(normalizedContents[id]?.bytes ?? Array(bytes))
    }
    for step in steps { step.apply(to: &texts) }
    return Array(texts.joined())
  }

  private var specialTokens: Set<UInt32> {
    Set(vocabulary.configuration.addedTokens.filter(\.isSpecial).map(\.id))
  }
}
