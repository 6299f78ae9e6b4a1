internal import Bytes
internal import Deduplication

/// The references in a prompt, and where in it stands what they stand for.
struct PromptLinks {
  /// A reference.
  struct Link {
    /// The tokens of the reference.
    let tokens: TokenRange
    /// The place of the section in which the text stands.
    let section: Int
    /// The tokens of that text; nil where only the section is known.
    let target: TokenRange?
    /// The tokens that it saves; nil where they are not known.
    let savedTokens: Int?
  }

  /// The references in the order of the prompt.
  private(set) var links: [Link] = []
  private let prompt: TokenizedPrompt

  init(_ prompt: TokenizedPrompt) {
    self.prompt = prompt
    guard let compiled = prompt.compiled else { return }
    let sources = Self.sources(of: prompt)
    for section in prompt.sections where section.kind == .block || section.kind == .reference {
      guard let block = compiled.blocks.first(where: { $0.label == section.label }) else {
        continue
      }
      if let referent = block.referent {
        guard let place = sources[BlockFrame.source(of: referent)] else { continue }
        links.append(
          Link(tokens: section.tokens, section: place, target: nil, savedTokens: nil))
      }
      for reference in block.folded?.references ?? [] {
        guard let place = sources[reference.source] else { continue }
        links.append(link(reference, of: block, in: section, to: place))
      }
    }
  }

  private func link(
    _ reference: FoldedReference, of block: ContextBlock, in section: Section, to place: Int
  ) -> Link {
    let range = reference.shown.shifted(by: section.content.start)
    let wanted = block.text.bytes[reference.range.start..<reference.range.end]
    let content = prompt.sections[place].content
    let target = Self.place(of: wanted, in: prompt.text, content).map(tokens)
    return Link(
      tokens: tokens(range), section: place, target: target, savedTokens: reference.savedTokens)
  }

  /// The tokens that have a byte of a range.
  private func tokens(_ range: ByteRange) -> TokenRange {
    let first = prompt.tokenCount(before: range.start)
    var last = prompt.tokenCount(before: range.end)
    if prompt.start(ofToken: last) < range.end { last += 1 }
    return TokenRange(first, last)
  }

  /// The sections by the names that references have for them.
  private static func sources(of prompt: TokenizedPrompt) -> [ByteString: Int] {
    var sources: [ByteString: Int] = [:]
    var names = ConversationNames()
    let conversation = prompt.compiled?.spec.conversation ?? []
    for (place, section) in prompt.sections.enumerated() {
      if section.kind == .system { sources[names.next(of: names.begin(.system))] = place }
      guard let label = section.label else { continue }
      if section.kind == .block { sources[BlockFrame.source(of: label)] = place }
      guard section.kind == .turn, let turn = Int(label.string),
        conversation.indices.contains(turn)
      else { continue }
      guard let content = conversation[turn].content?.joined else { continue }
      let owner = names.begin(TextOwner.Speaker(role: conversation[turn].role))
      for text in content.texts where !text.isEmpty { sources[names.next(of: owner)] = place }
    }
    return sources
  }

  private static func place(
    of wanted: ArraySlice<UInt8>, in text: [UInt8], _ range: ByteRange
  ) -> ByteRange? {
    guard let first = wanted.first, wanted.count <= range.count else { return nil }
    for start in range.start...(range.end - wanted.count) where text[start] == first {
      if text[start..<(start + wanted.count)] == wanted {
        return ByteRange(start, start + wanted.count)
      }
    }
    return nil
  }
}
