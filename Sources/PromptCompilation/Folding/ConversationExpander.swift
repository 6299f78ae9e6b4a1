internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// Undoes what `ConversationFolder` did, given the texts that are shown in the same order.
struct ConversationExpander {
  private let wording: ReferenceWording
  private var expander: TextExpander
  private var names = ConversationNames()
  private var fieldSpelling = JSONStringSpelling()

  init(_ wording: ReferenceWording) {
    self.wording = wording
    expander = TextExpander(wording: wording)
  }

  /// Counts the next message or result of a speaker.
  mutating func begin(_ speaker: TextOwner.Speaker) -> TextOwner { names.begin(speaker) }

  /// Adds a text that is shown as it is.
  mutating func show(_ text: [UInt8], of owner: TextOwner) {
    guard !text.isEmpty else { return }
    expander.show(text, as: names.next(of: owner))
  }

  /// Returns what a text with a name of its own stands for.
  mutating func expand(
    _ text: [UInt8], as name: ByteString
  ) throws(ExpansionError) -> [UInt8] {
    try expander.expand(text, as: name)
  }

  /// Returns what a text stands for.
  mutating func expand(
    _ text: [UInt8], of owner: TextOwner
  ) throws(ExpansionError) -> [UInt8] {
    guard !text.isEmpty else { return text }
    guard owner.speaker == .tool, let fields = JSONTextFields(text, wording) else {
      return try expander.expand(text, as: names.next(of: owner))
    }
    var values: [[UInt8]?] = []
    for field in fields.fields {
      let value = try expander.expand(field.value, as: names.next(of: owner))
      values.append(value == field.value ? nil : value)
    }
    var spelling = fieldSpelling
    fields.teach(&spelling)
    let expanded = fields.replacing(values, spelling)
    JSONTextFields(expanded, wording)?.teach(&fieldSpelling)
    return expanded
  }
}
