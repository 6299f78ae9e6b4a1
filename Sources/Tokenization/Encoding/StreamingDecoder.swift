internal import Bytes

/// Decodes tokens as they come, in whole characters: what a server sends on while a model answers.
///
/// A character may be split over tokens; its first bytes wait until the last has come. What all calls
/// return put together is what `Tokenizer.decode` returns for all ids.
///
/// ```swift
/// var decoder = StreamingDecoder(tokenizer)
/// for id in ids { print(try decoder.string(appending: id), terminator: "") }
/// print(decoder.finishString())
/// ```
public struct StreamingDecoder: Sendable {
  private let vocabulary: Vocabulary
  /// The texts of added tokens that are not their contents.
  private let normalizedContents: [UInt32: ByteString]
  /// The ids that are left out.
  private let skipped: Set<UInt32>
  /// What makes text of the texts of tokens.
  private var steps: DecodingStream
  /// The first bytes of a character whose last bytes have not come: at most 3.
  private var pending: [UInt8] = []
  private var count = 0

  /// Makes a decoder that has seen no token.
  ///
  /// - Parameter skippingSpecial: whether special tokens are left out.
  public init(_ tokenizer: Tokenizer, skippingSpecial: Bool = false) {
    vocabulary = tokenizer.vocabulary
    normalizedContents = tokenizer.normalizedContents
    steps = DecodingStream(vocabulary.configuration.decoding)
    let tokens = skippingSpecial ? vocabulary.configuration.addedTokens : []
    skipped = Set(tokens.filter(\.isSpecial).map(\.id))
  }

  /// Takes the next token.
  ///
  /// - Returns: the bytes of the characters that it completes, and bytes that can be part of none; a
  ///   sequence of UTF-8 that is well-formed is never split.
  /// - Throws: `TokenizerError.unknownToken` for an id that the vocabulary does not have, with the
  ///   number of ids before it; the decoder is as it was.
  /// - Complexity: linear in the token's bytes.
  public mutating func append(_ id: UInt32) throws(TokenizerError) -> [UInt8] {
    guard let token = vocabulary.bytes(of: id), !token.isEmpty else {
      throw .unknownToken(id: id, index: count)
    }
    count += 1
    guard !skipped.contains(id) else { return [] }
    return complete(steps.append(normalizedContents[id]?.bytes ?? Array(token)))
  }

  /// Returns the characters that `text` completes.
  private mutating func complete(_ text: [UInt8]) -> [UInt8] {
    var bytes = pending + text
    let end = bytes.count - Self.lengthOfBeginning(atEndOf: bytes)
    pending = Array(bytes[end...])
    bytes.removeSubrange(end...)
    return bytes
  }

  /// Takes the next token and returns the text that it completes, with U+FFFD for bytes that are no
  /// UTF-8.
  ///
  /// - Throws: as `append`.
  public mutating func string(appending id: UInt32) throws(TokenizerError) -> String {
    String(decoding: try append(id), as: UTF8.self)
  }

  /// Ends the text.
  ///
  /// - Returns: what the vocabulary's decoder held back, such as blanks that it takes off the end of a
  ///   text, and the bytes of a character that was begun and not completed; empty as a rule.
  public mutating func finish() -> [UInt8] {
    let rest = complete(steps.finish())
    defer { pending = [] }
    return rest + pending
  }

  /// Ends the text and returns the rest of it, with U+FFFD if a character was begun and not completed.
  public mutating func finishString() -> String {
    String(decoding: finish(), as: UTF8.self)
  }

  /// The length of the end of `bytes` that more bytes can make a character, 0 if there is none.
  private static func lengthOfBeginning(atEndOf bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let lead = bytes[bytes.count - length]
      if lead & 0xC0 == 0x80 { continue }
      guard lead >= 0xC2, lead <= 0xF4, length < UTF8.width(ofLead: lead) else { return 0 }
      guard length > 1 else { return 1 }
      // Table 3-7 of the Unicode Standard: the second byte's range depends on the first.
      let second = bytes[bytes.count - length + 1]
      let isPossible =
        switch lead {
        case 0xE0: second >= 0xA0
        case 0xED: second < 0xA0
        case 0xF0: second >= 0x90
        case 0xF4: second < 0x90
        default: true
        }
      return isPossible ? length : 0
    }
    return 0
  }
}

extension UTF8 {
  /// The length in bytes of the character that begins with `lead`.
  fileprivate static func width(ofLead lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }
}
