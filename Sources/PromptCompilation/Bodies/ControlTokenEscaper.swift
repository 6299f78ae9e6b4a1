public import Bytes
internal import Deduplication
public import OrderedJSON
public import Tokenization

/// Finds what a model would read as a special token of its own in the texts of a request body, and escapes it.
///
/// The texts are those of the system, of the user and of tools' results. What the model said, what citations point
/// into, and what is no text (tools, arguments of their calls) is not looked at. Added tokens that are not special
/// (`<think>`) are let be.
///
/// ```swift
/// let escaper = ControlTokenEscaper(try Model.tokenizer(named: "qwen3"))
/// let body = try escaper.escape(SourceText(name: "body.json", bytes: bytes)).bytes  // <\\|im_end|>
/// ```
public struct ControlTokenEscaper: Sendable {
  private let tokenizer: Tokenizer

  /// Takes the tokenizer of the model that reads the bodies.
  public init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
  }

  /// A body whose special tokens are escaped.
  public struct EscapedBody: Sendable {
    /// The body: the bytes that were given, and the backslashes that were put in.
    public var bytes: [UInt8]
    /// How many tokens were escaped.
    public var count: Int
  }

  /// How many special tokens stand in a text.
  ///
  /// - Complexity: linear.
  public func count(in text: ByteString) -> Int { specialTokens(in: text.bytes).count }

  /// How many special tokens stand in the texts of a body.
  ///
  /// - Throws: `CompilationError` with the place if it is no request body.
  /// - Complexity: linear.
  public func count(in source: SourceText) throws(CompilationError) -> Int {
    try texts(of: source).reduce(0) { $0 + specialTokens(in: $1.text).count }
  }

  /// The special tokens in the texts of a body, each with its place.
  ///
  /// - Parameter limit: of how many the places are told, from the first on.
  /// - Throws: `CompilationError` with the place if it is no request body.
  /// - Complexity: linear, and linear for each place.
  public func places(
    in source: SourceText, atMost limit: Int = .max
  ) throws(CompilationError) -> [Diagnostic] {
    var places: [Diagnostic] = []
    for text in try texts(of: source) where places.count < limit {
      for (token, start, _) in specialTokens(in: text.text).prefix(limit - places.count) {
        places.append(
          source.diagnostic(
            at: text.literal.offsets(ofBytes: [start], in: source.bytes).first
              ?? text.literal.range.start,
            "\(text.path): the model reads \(token) as a token of its own, not as text; remove it"))
      }
    }
    return places
  }

  /// Puts a backslash behind the first character of each special token in the texts of a body. Every other byte
  /// stays.
  ///
  /// - Throws: `CompilationError` with the place if it is no request body.
  /// - Complexity: linear.
  public func escape(_ source: SourceText) throws(CompilationError) -> EscapedBody {
    var edits = ByteEdits()
    var count = 0
    for text in try texts(of: source) {
      let places = places(toEscape: text.text)
      for offset in text.literal.offsets(ofBytes: places, in: source.bytes) {
        edits.replace(ByteRange(offset, offset), by: Array("\\\\".utf8))
      }
      count += places.count
    }
    return EscapedBody(bytes: edits.applied(to: source.bytes), count: count)
  }

  private func texts(of source: SourceText) throws(CompilationError) -> [BodyText] {
    try BodyReader.texts(of: source).filter { text in
      text.owner.speaker != .assistant && !text.isCited
    }
  }

  /// The special tokens of more than one character, and where the first character of each begins and ends in a text.
  private func specialTokens(
    in text: [UInt8]
  ) -> [(token: ByteString, start: Int, place: Int)] {
    tokenizer.addedTokens(in: text).compactMap { match in
      guard match.token.isSpecial,
        let place = TextNormalization.endOfFirstCharacter(of: match.token, in: text, match.range)
      else { return nil }
      let start = text[..<place].lastIndex { $0 & 0xC0 != 0x80 } ?? match.range.start
      return (match.token.content, start, place)
    }
  }

  /// Where backslashes are put so that no special token is left; one that was broken up may uncover another.
  private func places(toEscape text: [UInt8]) -> [Int] {
    var places: [Int] = []
    var escaped = text
    // No vocabulary has tokens that need more.
    for _ in 0..<8 {
      let found = specialTokens(in: escaped).map(\.place)
      if found.isEmpty { break }
      var before = 0
      let new = found.map { place in
        // The backslash of `places[n]` stands n bytes further behind.
        while before < places.count, places[before] + before < place { before += 1 }
        return place - before
      }
      places = Set(places + new).sorted()
      escaped = []
      var start = 0
      for place in places {
        escaped += text[start..<place] + [UInt8(ascii: "\\")]
        start = place
      }
      escaped += text[start...]
    }
    return places
  }
}
