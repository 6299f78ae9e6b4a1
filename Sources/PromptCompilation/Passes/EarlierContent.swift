internal import Bytes
internal import ContextIndex

/// What was shown before: in the conversation, where it is not shown again, and in earlier prompts,
/// whose label it keeps, so that it is the same tokens.
struct EarlierContent {
  private let context: PassContext
  private let conversation: ConversationFrames
  private let recalled: RecalledBlocks
  private let key: IndexKey
  /// What was done, for people.
  private(set) var notes: [String] = []

  init(_ prompt: PromptRepresentation, in context: PassContext) {
    self.context = context
    conversation = ConversationFrames(prompt)
    recalled = RecalledBlocks(prompt)
    key = IndexedPrompt.key(of: prompt.spec, in: context)
  }

  /// Turns blocks that the conversation shows into references, and gives blocks that were sent under
  /// another label that label, and a reference of their own label.
  mutating func apply(
    to shown: inout [ContextBlock], _ references: inout [ContextBlock]
  ) throws(CompilationError) {
    guard context.index != nil || !conversation.isEmpty || !recalled.isEmpty else { return }
    var labels = Set((shown + references).map(\.label))
    var kept: [ContextBlock] = []
    for block in shown {
      if let label = recalled.label(of: block), label == block.label || !labels.contains(label),
        try isReference(block, to: label, &references, isRecalled: true)
      {
        Self.point(&references, from: block.label, to: label)
        continue
      }
      if try isReference(block, to: block.label, &references) { continue }
      guard let label = context.index?.label(of: block.contentFingerprint, for: key),
        label != block.label
      else {
        kept.append(block)
        continue
      }
      if let swapped = swapped(block, with: label, &references) {
        kept.append(swapped)
        continue
      }
      guard labels.insert(label).inserted else {
        kept.append(block)
        continue
      }
      var renamed = block
      renamed.label = label
      var aliases: [ContextBlock] = []
      if try isReference(block, to: label, &aliases, shownAs: renamed) {
        references += aliases
      } else if try isWorthRenaming(block, to: renamed, &references) {
        kept.append(renamed)
      } else {
        kept.append(block)
        continue
      }
      Self.point(&references, from: block.label, to: label)
    }
    shown = kept
  }

  /// Makes the references to one label references to another.
  private static func point(
    _ references: inout [ContextBlock], from old: ByteString, to label: ByteString
  ) {
    for index in references.indices where references[index].referent == old {
      references[index].referent = label
    }
  }

  /// Shows a block as the one of the references to it that has the label, and makes it a reference to that;
  /// nil if there is none.
  private mutating func swapped(
    _ block: ContextBlock, with label: ByteString, _ references: inout [ContextBlock]
  ) -> ContextBlock? {
    // A reference without a title has the title of what it points to.
    guard
      let place = references.firstIndex(where: {
        $0.label == label && $0.referent == block.label && $0.title == nil
      })
    else { return nil }
    var (shown, reference) = (block, references[place])
    shown.takeIdentity(of: references[place])
    reference.takeIdentity(of: block)
    references[place] = reference
    Self.point(&references, from: block.label, to: label)
    notes.append("block \(block.label): was sent before as \(label)")
    return shown
  }

  /// Adds a reference to what the conversation shows in place of `block`, if it does and that saves
  /// tokens.
  private mutating func isReference(
    _ block: ContextBlock, to label: ByteString, _ references: inout [ContextBlock],
    shownAs shown: ContextBlock? = nil, isRecalled: Bool = false
  ) throws(CompilationError) -> Bool {
    guard isRecalled || conversation.contains(shown ?? block) else { return false }
    guard let saved = try append(block, to: label, &references) else { return false }
    notes.append(
      "block \(block.label): stands in the conversation as \(label), "
        + "a reference saves \(saved) tokens")
    return true
  }

  /// Adds a reference of the block's own label, which only a block needs that the caller named.
  private mutating func isWorthRenaming(
    _ block: ContextBlock, to renamed: ContextBlock, _ references: inout [ContextBlock]
  ) throws(CompilationError) -> Bool {
    if block.isNamed {
      guard try append(block, to: renamed.label, &references) != nil else { return false }
    }
    notes.append("block \(block.label): was sent before as \(renamed.label)")
    return true
  }

  /// Adds a reference in place of a block, and returns how many tokens it is shorter; nil if it is not.
  private func append(
    _ block: ContextBlock, to label: ByteString, _ references: inout [ContextBlock]
  ) throws(CompilationError) -> Int? {
    var reference = block
    reference.referent = label
    reference.title = nil
    let saved = try context.tokenCount(of: block) - context.tokenCount(of: reference)
    guard saved > 0 else { return nil }
    references.append(reference)
    return saved
  }
}

extension ContextBlock {
  /// Becomes another block of the spec with the same content.
  fileprivate mutating func takeIdentity(of other: ContextBlock) {
    (label, index, isNamed, repeats) = (other.label, other.index, other.isNamed, other.repeats)
  }
}

/// The blocks that the user messages of a conversation show, but for those that its state knows.
private struct ConversationFrames {
  private var texts: [[UInt8]] = []
  /// Where in which text a line begins a frame, by that line.
  private var places: [ArraySlice<UInt8>: [(text: Int, start: Int)]] = [:]

  private static let opening = Array("<doc id=\"".utf8)

  init(_ prompt: PromptRepresentation) {
    for (index, message) in prompt.conversation.enumerated()
    where message.role == "user" && prompt.recall?.turns[index] == nil {
      guard let text = message.content?.text.bytes else { continue }
      var start = 0
      while start < text.count {
        let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        if text[start..<end].starts(with: Self.opening) {
          places[text[start..<end], default: []].append((texts.count, start))
        }
        start = end + 1
      }
      texts.append(text)
    }
  }

  var isEmpty: Bool { places.isEmpty }

  /// Whether the frame of a block stands in a message, whole and on lines of its own.
  func contains(_ block: ContextBlock) -> Bool {
    guard !isEmpty else { return false }
    let frame = block.frame.bytes
    let line = frame.prefix { $0 != UInt8(ascii: "\n") }
    return (places[line] ?? []).contains { texts[$0.text][$0.start...].starts(with: frame) }
  }
}
