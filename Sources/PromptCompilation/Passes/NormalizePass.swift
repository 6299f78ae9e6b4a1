internal import Bytes
internal import TextProcessing
internal import Tokenization

/// Brings the user's texts into one form: line ends, invisible controls, Unicode normalisation form
/// C; where the policy says so, control tokens are escaped. Idempotent. Of the assistant's own words
/// only special tokens are escaped: else they stay as the engine made them, since their state is
/// cached from their generation.
struct NormalizePass: Pass {
  let name = PassName.normalize

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    let policy = prompt.spec.policy
    let escaping = policy.controlTokens == .escape ? context.model.tokenizer : nil
    let ofUser = TextNormalization(policy.normalization, escaping: escaping)
    let ofAssistant = TextNormalization(.off, escaping: escaping, onlySpecial: true)
    let spec = prompt.spec
    var notes: [String] = []
    func normalized(
      _ text: ByteString, _ what: String, by normalization: TextNormalization? = nil
    ) throws(CompilationError) -> ByteString {
      do throws(NormalizationError) {
        let result = try (normalization ?? ofUser).apply(to: text)
        if !result.changes.isEmpty {
          notes.append("\(what): \(result.changes.joined(separator: ", "))")
        }
        return result.text
      } catch {
        throw CompilationError(file: spec.name, message: "\(what): \(error)")
      }
    }
    try prompt.system?.mapTexts { text throws(CompilationError) in
      try normalized(text, "system")
    }
    // What was sent before is not changed.
    for index in prompt.conversation.indices where prompt.recall?.turns[index] == nil {
      let isAssistant = prompt.conversation[index].role == "assistant"
      try prompt.conversation[index].content?.mapTexts { text throws(CompilationError) in
        try normalized(
          text, "conversation[\(index)]", by: isAssistant ? ofAssistant : ofUser)
      }
    }
    var new: [Int] = []
    for index in prompt.blocks.indices {
      let block = prompt.blocks[index]
      // What is kept is in its normalised form.
      if let facts = context.knownBlocks.facts(of: KnownBlocks.Identity(block, ofUser)) {
        prompt.blocks[index].facts = facts
        continue
      }
      new.append(index)
      prompt.blocks[index].text = try normalized(block.text, "block \(block.label)")
      if let title = block.title {
        prompt.blocks[index].title = try normalized(title, "title of block \(block.label)")
      }
    }
    try prompt.query?.mapTexts { text throws(CompilationError) in
      try normalized(text, "query")
    }
    // Equal contents have one label, whatever line ends they came with.
    BlockLabels.relabel(&prompt.blocks, of: spec)
    for place in new {
      let identity = KnownBlocks.Identity(prompt.blocks[place], ofUser)
      if let facts = context.knownBlocks.facts(of: identity) {
        prompt.blocks[place].facts = facts
      } else {
        context.knownBlocks.insert(prompt.blocks[place].facts, of: identity)
      }
    }
    prompt.notes += notes
    return prompt
  }
}

/// The normalisation of one text by a policy.
struct TextNormalization {
  let policy: Policy.Normalization
  private let tokenizer: Tokenizer?
  private let onlySpecial: Bool

  /// Takes a policy.
  ///
  /// - Parameters:
  ///   - tokenizer: whose added tokens are escaped in the text; nil escapes none.
  ///   - onlySpecial: whether added tokens that are not special are let be.
  init(_ policy: Policy.Normalization, escaping tokenizer: Tokenizer?, onlySpecial: Bool = false) {
    self.policy = policy
    self.tokenizer = tokenizer
    self.onlySpecial = onlySpecial
  }

  /// Whether added tokens are escaped.
  var isEscaping: Bool { tokenizer != nil }

  /// Returns the normalised text and what was changed, for people.
  func apply(
    to text: ByteString
  ) throws(NormalizationError) -> (text: ByteString, changes: [String]) {
    var bytes = text.bytes
    var changes: [String] = []
    if policy.unifiesLineEnds { Self.unifyLineEnds(&bytes, &changes) }
    if policy.removesControls { Self.removeControls(&bytes, &changes) }
    if policy.form == .nfc {
      let composed = try Normalizer.normalized(bytes)
      // A text that is in the form keeps its buffer, which many prompts may share.
      if composed != bytes {
        changes.append("composed to NFC")
        bytes = composed
      }
    }
    if let tokenizer { escape(tokenizer, &bytes, &changes) }
    return (ByteString(bytes), changes)
  }

  private static func unifyLineEnds(_ bytes: inout [UInt8], _ changes: inout [String]) {
    guard bytes.contains(UInt8(ascii: "\r")) else { return }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var count = 0
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\r") {
        result.append(UInt8(ascii: "\n"))
        count += 1
      } else if byte != UInt8(ascii: "\n") || index == 0 || bytes[index - 1] != UInt8(ascii: "\r") {
        result.append(byte)
      }
    }
    bytes = result
    changes.append("\(count) line ends to LF")
  }

  /// Removes U+FEFF and the ASCII controls but tab, line feed, form feed and carriage return.
  private static func removeControls(_ bytes: inout [UInt8], _ changes: inout [String]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    func isControl(_ byte: UInt8) -> Bool {
      byte < 0x09 || byte == 0x0B || (byte > 0x0D && byte < 0x20) || byte == 0x7F
    }
    guard bytes.contains(where: { isControl($0) || $0 == mark[0] }) else { return }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var offset = 0
    var count = 0
    while offset < bytes.count {
      if bytes[offset] == mark[0], bytes[offset...].starts(with: mark) {
        offset += mark.count
        count += 1
      } else {
        if isControl(bytes[offset]) { count += 1 } else { result.append(bytes[offset]) }
        offset += 1
      }
    }
    bytes = result
    if count > 0 { changes.append("\(count) invisible characters removed") }
  }

  /// Puts a backslash behind the first character of each added token, until none is left. A token of
  /// one character is a letter of the text and stays.
  private func escape(
    _ tokenizer: Tokenizer, _ bytes: inout [UInt8], _ changes: inout [String]
  ) {
    var count = 0
    while true {
      let places = tokenizer.addedTokens(in: bytes).compactMap { match -> Int? in
        guard match.token.isSpecial || !onlySpecial else { return nil }
        return Self.endOfFirstCharacter(of: match.token, in: bytes, match.range)
      }
      if places.isEmpty { break }
      var escaped: [UInt8] = []
      escaped.reserveCapacity(bytes.count + places.count)
      var start = 0
      for place in places {
        escaped += bytes[start..<place]
        escaped.append(UInt8(ascii: "\\"))
        start = place
      }
      bytes = escaped + bytes[start...]
      count += places.count
    }
    if count > 0 { changes.append("\(count) control tokens escaped") }
  }

  /// Where the first character of a token ends in its match, which may begin with white space that
  /// the token strips; nil if the token is one character.
  static func endOfFirstCharacter(
    of token: AddedToken, in bytes: [UInt8], _ range: ByteRange
  ) -> Int? {
    let content = token.content.bytes
    let width = content.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count + 1
    guard width < content.count else { return nil }
    let start = (range.start...(range.end - content.count)).first {
      bytes[$0...].starts(with: content)
    }
    return start.map { $0 + width }
  }
}
