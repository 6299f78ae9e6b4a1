internal import Bytes
internal import OrderedJSON
public import Tokenization

/// A prompt as it is compared and shown: its text, its tokens, where each ends, and its sections where
/// they are known.
public struct TokenizedPrompt: Sendable {
  /// What messages call it: the file that it was read from.
  public let name: String
  /// The text, in UTF-8 as far as the tokens are.
  public let text: [UInt8]
  /// The token ids.
  public let tokens: [UInt32]
  /// The end of each token in bytes of the text, never decreasing.
  public let ends: [Int]
  /// The sections in order; none where they are not known.
  public let sections: [Section]
  /// What it was compiled to; nil for one that was read as text, tokens or a report.
  public let compiled: CompiledPrompt?

  /// Takes a compiled prompt.
  ///
  /// - Parameter tokenizer: that of the model it was compiled for.
  /// - Throws: `TokenizerError`.
  /// - Complexity: encodes the text once more, for the ends of the tokens.
  public init(_ prompt: CompiledPrompt, tokenizer: Tokenizer) throws(TokenizerError) {
    let encoded = try tokenizer.makeEncoder().encode(prompt.text, recordingEnds: true)
    name = prompt.spec.name
    text = prompt.text
    tokens = encoded.ids
    ends = encoded.ends
    sections = prompt.seal.sections
    compiled = prompt
  }

  /// Encodes the text of a prompt, in which the text of added tokens is those tokens.
  ///
  /// - Throws: `TokenizerError` if the text is not UTF-8.
  public init(name: String, text: [UInt8], tokenizer: Tokenizer) throws(TokenizerError) {
    let encoded = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
    self.init(
      name: name, text: text, tokens: encoded.ids, ends: encoded.ends, sections: [])
  }

  /// Decodes tokens.
  ///
  /// - Throws: `TokenizerError.unknownToken` for an id that the vocabulary does not have.
  public init(name: String, tokens: [UInt32], tokenizer: Tokenizer) throws(TokenizerError) {
    try self.init(name: name, tokens: tokens, tokenizer: tokenizer) {
      error throws(TokenizerError) in throw error
    }
  }

  /// Decodes tokens.
  ///
  /// - Parameter unknown: the text of an id that the vocabulary does not have.
  /// - Throws: what `unknown` throws.
  init<Failure: Error>(
    name: String, tokens: [UInt32], tokenizer: Tokenizer,
    unknown: (TokenizerError) throws(Failure) -> [UInt8]
  ) throws(Failure) {
    var decoder = StreamingDecoder(tokenizer)
    var text: [UInt8] = []
    var ends: [Int] = []
    for token in tokens {
      do throws(TokenizerError) {
        text += try decoder.append(token)
      } catch {
        text += try unknown(error)
      }
      ends.append(text.count)
    }
    text += decoder.finish()
    if !ends.isEmpty { ends[ends.count - 1] = text.count }
    self.init(name: name, text: text, tokens: tokens, ends: ends, sections: [])
  }

  init(name: String, text: [UInt8], tokens: [UInt32], ends: [Int], sections: [Section]) {
    self.name = name
    self.text = text
    self.tokens = tokens
    self.ends = ends
    self.sections = sections
    compiled = nil
  }

  /// The byte at which token `index` begins; the end of the text for the index behind the last.
  public func start(ofToken index: Int) -> Int {
    index <= 0 ? 0 : index >= tokens.count ? text.count : ends[index - 1]
  }

  /// The bytes of token `index`; they need not be whole characters.
  public func piece(_ index: Int) -> ArraySlice<UInt8> {
    guard tokens.indices.contains(index) else { return [] }
    return text[start(ofToken: index)..<max(ends[index], start(ofToken: index))]
  }

  /// The number of tokens that lie wholly before byte `offset`.
  ///
  /// - Complexity: logarithmic.
  public func tokenCount(before offset: Int) -> Int {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The section that byte `offset` lies in, the last one at the end of the text; nil where no sections
  /// are known.
  public func section(at offset: Int) -> Section? {
    sections.first { $0.bytes.start <= offset && offset < $0.bytes.end } ?? sections.last
  }
}

extension Section {
  /// What people call it: `block runbook`, `turn 3`, `query`.
  public var title: String {
    label.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue
  }
}
