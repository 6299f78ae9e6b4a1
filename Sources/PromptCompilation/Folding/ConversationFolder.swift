internal import Bytes
internal import Deduplication
internal import OrderedJSON
internal import TextProcessing
internal import Tokenization

/// Folds the texts of a conversation one after another: a spec's and a request body's alike.
///
/// The result of a tool that is JSON with long strings is folded in these, each for itself, as they are
/// decoded; every other byte of it stays.
struct ConversationFolder {
  /// What became of a text, or of a string in it.
  struct Outcome {
    /// Where the string stands in the text, a JSON pointer; nil for the text itself.
    var field: ByteString?
    var name: ByteString
    var original: [UInt8]
    var folded: FoldedText
  }

  /// The fewest bytes of a long text.
  ///
  /// Long are the strings in JSON, and the texts of the user's in a request body, that are folded: a
  /// passage of some sentences rather than a remark or a name.
  static let minimumLength = 512

  private let wording: ReferenceWording
  private let encoder: TextEncoder
  private var folder: TextFolder
  private var names = ConversationNames()
  /// How the strings in texts that are JSON are spelled.
  private var fieldSpelling = JSONStringSpelling()

  init(
    _ settings: FoldSettings, _ wording: ReferenceWording, _ segmenter: TextSegmenter,
    _ encoder: TextEncoder
  ) {
    self.wording = wording
    self.encoder = encoder
    folder = TextFolder(settings, wording: wording, segmenter: segmenter)
  }

  /// Makes room for so many texts of so many bytes in all.
  mutating func reserveCapacity(texts count: Int, bytes: Int) {
    folder.reserveCapacity(texts: count, bytes: bytes)
  }

  /// Counts the next message or result of a speaker.
  mutating func begin(_ speaker: TextOwner.Speaker) -> TextOwner { names.begin(speaker) }

  /// Adds a text that stays as it is.
  mutating func show(_ text: [UInt8], of owner: TextOwner) {
    guard !text.isEmpty else { return }
    folder.show(text, as: names.next(of: owner))
  }

  /// Folds a text, or the strings in it.
  ///
  /// - Parameter isExcluded: whether what is repeated in it stays, since what was folded could not be undone.
  /// - Returns: what is shown, and what became of the text or of each string in it.
  /// - Throws: `FoldProblem.cannotBeUndone` if what would be shown could not be expanded again; the folder
  ///   is of no use then.
  mutating func fold(
    _ text: [UInt8], of owner: TextOwner, isExcluded: Bool
  ) throws(FoldProblem) -> (shown: [UInt8], outcomes: [Outcome]) {
    guard !text.isEmpty else { return (text, []) }
    if owner.speaker == .tool, let fields = JSONTextFields(text, wording) {
      return try fold(fields, in: text, of: owner, isExcluded: isExcluded)
    }
    let name = names.next(of: owner)
    let isStaying = isExcluded && !wording.isMentioned(in: text)
    let folded = try fold(text, as: name, isStaying: isStaying)
    // What is shown must not be taken for JSON with folded fields.
    if owner.speaker == .tool, folded.isFolded, JSONTextFields(folded.bytes, wording) != nil {
      throw .cannotBeUndone
    }
    return (folded.bytes, [Outcome(field: nil, name: name, original: text, folded: folded)])
  }

  private mutating func fold(
    _ fields: JSONTextFields, in text: [UInt8], of owner: TextOwner, isExcluded: Bool
  ) throws(FoldProblem) -> (shown: [UInt8], outcomes: [Outcome]) {
    let known = fieldSpelling
    fields.teach(&fieldSpelling)
    let spelling = fieldSpelling
    // A text that spells a character in two ways would not be given back to the byte. One in which
    // references seem to stand needs its escapes all the same.
    let isMentioned = fields.fields.contains { wording.isMentioned(in: $0.value) }
    let isStaying = !isMentioned && (isExcluded || !fields.areSpelled(by: spelling))
    var outcomes: [Outcome] = []
    for field in fields.fields {
      let name = names.next(of: owner)
      let folded = try fold(field.value, as: name, isStaying: isStaying, spelling: spelling)
      outcomes.append(
        Outcome(field: field.path, name: name, original: field.value, folded: folded))
    }
    let values = outcomes.map { $0.original == $0.folded.bytes ? nil : $0.folded.bytes }
    guard values.contains(where: { $0 != nil }) else { return (text, outcomes) }
    let shown = fields.replacing(values, spelling)
    if !isMentioned, !fields.areSpelled(by: known) {
      // What is left must tell how the text spells each character.
      var remaining = known
      JSONTextFields(shown, wording)?.teach(&remaining)
      guard fields.areSpelled(by: remaining) else { throw .cannotBeUndone }
    }
    return (shown, outcomes)
  }

  /// Folds a text that is no JSON and has a name of its own, or shows it as it is.
  ///
  /// - Parameter spelling: how the model sees the text, if it sees it inside JSON.
  mutating func fold(
    _ text: [UInt8], as name: ByteString, isStaying: Bool = false,
    spelling: JSONStringSpelling? = nil
  ) throws(FoldProblem) -> FoldedText {
    var known: SegmentedText?
    return try fold(text, as: name, isStaying: isStaying, spelling: spelling, known: &known)
  }

  /// The same for a text that may have been folded before.
  ///
  /// - Parameter known: what was found out about it by itself; is set to what is found out now.
  mutating func fold(
    _ text: [UInt8], as name: ByteString, isStaying: Bool = false,
    spelling: JSONStringSpelling? = nil, known: inout SegmentedText?
  ) throws(FoldProblem) -> FoldedText {
    guard !isStaying else {
      folder.show(text, as: name)
      return FoldedText(bytes: text)
    }
    let encoder = encoder
    do {
      return try folder.fold(text, as: name, known: &known) { bytes throws(TokenizerError) in
        guard let spelling else { return try encoder.count(bytes) }
        var literal: [UInt8] = []
        spelling.append(bytes, to: &literal)
        return try encoder.count(Array(literal.dropFirst().dropLast()))
      }
    } catch {
      throw .tokenizer(error)
    }
  }
}

/// Why a text is not folded.
enum FoldProblem: Error {
  /// What would be shown could not be expanded again.
  case cannotBeUndone
  case tokenizer(TokenizerError)

  var description: String {
    switch self {
    case .cannotBeUndone:
      "with these references it could not be expanded again: word them otherwise"
    case .tokenizer(let error): error.description
    }
  }
}
