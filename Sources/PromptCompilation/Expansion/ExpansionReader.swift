internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// Reads a compiled prompt and takes its references back, in the order in which the fold pass made them.
struct ExpansionReader {
  private let source: SourceText
  private(set) var blocks: [ExpandedPrompt.Block] = []
  private(set) var toolResults: [ExpandedPrompt.ToolResult] = []
  /// nil where nothing was folded: every text is shown as it is.
  private var expander: ConversationExpander?
  /// The texts of the blocks that are shown, by label.
  private var shown: [ByteString: ByteString] = [:]
  /// The texts of the blocks that earlier turns show, by label; the latest of each.
  private var earlier: [ByteString: ByteString] = [:]

  init(source: SourceText) {
    self.source = source
  }

  mutating func read(_ root: JSONNode) throws(CompilationError) {
    guard let seal = root["seal"], let sections = seal["sections"]?.elements,
      let text = root["text"]?.string, let messages = root["request"]?["messages"]?.elements,
      let listed = root["blocks"]?.elements
    else {
      throw fault(at: root.offset, "is no compiled prompt: cpc compile --format json writes one")
    }
    var foldsResults = false
    if let fold = root["fold"] {
      expander = ConversationExpander(try wording(fold))
      foldsResults = fold["tool_results"]?.bool ?? true
    }
    let slot = Self.slot(of: sections)
    // The system text of the spec stands before the conversation.
    let offset = sections.contains { $0["kind"]?.string == "system" } ? 1 : 0
    for (place, message) in messages.enumerated() {
      guard place >= offset else {
        show(message, .system)
        continue
      }
      let turn = place - offset
      if turn == slot { try readBlocks(sections, text) }
      let speaker = TextOwner.Speaker(role: message["role"]?.string ?? "")
      switch speaker {
      case .tool: try readResult(message, turn, isFolded: foldsResults)
      case .user:
        try readEarlierBlocks(of: turn, sections, text)
        if turn == slot { _ = expander?.begin(.user) } else { show(message, speaker) }
      case .system: show(message, speaker)
      case .assistant: break
      }
    }
    if shown.isEmpty { try readBlocks(sections, text) }
    try collect(listed)
  }

  /// The turn whose message the blocks open, if it is not the current one.
  private static func slot(of sections: [JSONNode]) -> Int? {
    guard let first = sections.firstIndex(where: { $0["kind"]?.string == "block" }) else {
      return nil
    }
    let turn = sections[first...].first { $0["kind"]?.string == "turn" }
    return turn?["label"]?.string.flatMap { Int($0.string) }
  }

  private mutating func readBlocks(
    _ sections: [JSONNode], _ text: ByteString
  ) throws(CompilationError) {
    for section in sections where section["kind"]?.string == "block" {
      let (label, content) = try content(of: section, in: text)
      shown[label] = try expanded(content, BlockFrame.source(of: label), at: section.offset)
    }
  }

  /// Reads the blocks of a message that stands as it was sent: they were folded against each other, and against
  /// what stands before them.
  private mutating func readEarlierBlocks(
    of turn: Int, _ sections: [JSONNode], _ text: ByteString
  ) throws(CompilationError) {
    let end = sections.firstIndex {
      $0["kind"]?.string == "turn" && $0["label"]?.string == ByteString(String(turn))
    }
    guard let end else { return }
    let blocks = sections[..<end].reversed().prefix { $0["kind"]?.string == "earlier_block" }
    let before = expander
    for section in blocks.reversed() {
      let (label, content) = try content(of: section, in: text)
      earlier[label] = try expanded(content, BlockFrame.source(of: label), at: section.offset)
    }
    // What comes later refers to the message.
    expander = before
  }

  /// The label of a block's section, and the text of the block in it.
  private func content(
    of section: JSONNode, in text: ByteString
  ) throws(CompilationError) -> (label: ByteString, text: [UInt8]) {
    guard let label = section["label"]?.string, let bounds = section["content"]?.elements,
      bounds.count == 2, let start = bounds[0].integer, let end = bounds[1].integer,
      start >= 0, start <= end, end <= text.count
    else { throw fault(at: section.offset, "a section of a block needs a label and its content") }
    return (label, Array(text.bytes[start..<end]))
  }

  private mutating func readResult(
    _ message: JSONNode, _ turn: Int, isFolded: Bool
  ) throws(CompilationError) {
    let owner = expander?.begin(.tool)
    var texts: [ByteString] = []
    for text in Self.texts(of: message) {
      guard isFolded, let owner else {
        texts.append(text)
        continue
      }
      do {
        texts.append(ByteString(try expander?.expand(text.bytes, of: owner) ?? text.bytes))
      } catch {
        throw fault(at: message.offset, error.description)
      }
    }
    toolResults.append(ExpandedPrompt.ToolResult(turn: turn, texts: texts))
  }

  private mutating func show(_ message: JSONNode, _ speaker: TextOwner.Speaker) {
    guard let owner = expander?.begin(speaker) else { return }
    for text in Self.texts(of: message) { expander?.show(text.bytes, of: owner) }
  }

  private static func texts(of message: JSONNode) -> [ByteString] {
    guard let content = message["content"] else { return [] }
    if let text = content.string { return [text] }
    return (content.elements ?? []).compactMap { part in
      part["type"]?.string == "text" ? part["text"]?.string : nil
    }
  }

  private mutating func expanded(
    _ text: [UInt8], _ name: ByteString, at offset: Int
  ) throws(CompilationError) -> ByteString {
    do {
      return ByteString(try expander?.expand(text, as: name) ?? text)
    } catch {
      throw fault(at: offset, error.description)
    }
  }

  /// Gives each block of the spec its text.
  private mutating func collect(_ listed: [JSONNode]) throws(CompilationError) {
    for block in listed {
      guard let label = block["label"]?.string, let index = block["index"]?.integer else {
        throw fault(at: block.offset, "a block needs a label and an index")
      }
      let repeats = block["repeats"]?.elements?.compactMap(\.integer) ?? []
      let referent = block["same_as"]?.string ?? label
      guard let text = shown[referent] ?? earlier[referent] else {
        throw fault(at: block.offset, "the text of block \"\(label)\" is not among the sections")
      }
      blocks.append(ExpandedPrompt.Block(label: label, indices: [index] + repeats, text: text))
    }
    blocks.sort { ($0.indices.first ?? 0) < ($1.indices.first ?? 0) }
  }

  private func wording(_ fold: JSONNode) throws(CompilationError) -> ReferenceWording {
    let texts = ["whole", "part", "lines"].compactMap { fold["wording"]?[ByteString($0)]?.string }
    guard texts.count == 3 else {
      throw fault(
        at: fold.offset, "\"fold\" needs a \"wording\" of \"whole\", \"part\" and \"lines\"")
    }
    do {
      return try ReferenceWording(
        whole: texts[0], part: texts[1], lines: texts[2], edits: fold["wording"]?["edits"]?.string)
    } catch {
      throw fault(at: fold.offset, error.description)
    }
  }

  private func fault(at offset: Int, _ message: String) -> CompilationError {
    CompilationError([source.diagnostic(at: offset, message)])
  }
}

extension JSONNode {
  /// The value of an integer; nil for another kind of value.
  fileprivate var integer: Int? {
    if case .number(let number) = value { number.integer } else { nil }
  }
}
