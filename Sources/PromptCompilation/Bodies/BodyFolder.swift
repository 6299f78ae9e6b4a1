internal import Bytes
public import Deduplication
public import OrderedJSON
internal import TextProcessing
public import Tokenization

/// Folds what the texts of a request body repeat of those before them.
///
/// Tool results and long texts of the user's (documents) are folded; shorter ones and system texts are
/// what references may point to. What an assistant said stays, and references point to it only if asked.
/// Every byte of the body stays but for the strings in which something is folded.
///
/// ```swift
/// var folder = try BodyFolder(tokenizer: try Model.tokenizer(named: "qwen3"))
/// let folded = try folder.fold(SourceText(name: "body.json", bytes: body))
/// ```
///
/// Each body is folded on its own. What the folder keeps of the last body saves work where the next one
/// begins with the same texts, as the next turn of a conversation does; no output depends on it.
public struct BodyFolder {
  /// The fewest bytes of a text of the user's that is folded.
  public static let minimumUserLength = 1024

  private let settings: FoldSettings
  private let wording: ReferenceWording
  private let showsAssistant: Bool
  private let segmenter: TextSegmenter
  private let encoder: TextEncoder
  private var progress: FoldProgress

  /// Makes a folder.
  ///
  /// - Parameters:
  ///   - settings: what is folded.
  ///   - wording: how references read.
  ///   - showsAssistant: whether references may point to what the assistant said.
  ///   - tokenizer: counts the tokens that a reference must save.
  /// - Throws: `CompilationError` if the tokenizer cannot be used, or texts cannot be segmented.
  public init(
    _ settings: FoldSettings = FoldSettings(), wording: ReferenceWording = .standard,
    showsAssistant: Bool = false, tokenizer: Tokenizer
  ) throws(CompilationError) {
    self.settings = settings
    self.wording = wording
    self.showsAssistant = showsAssistant
    do {
      encoder = try tokenizer.makeEncoder()
      segmenter = try TextSegmenter()
    } catch {
      throw CompilationError(file: tokenizer.vocabulary.name.string, message: "\(error)")
    }
    progress = FoldProgress(TextFolder(settings, wording: wording, segmenter: segmenter))
  }

  /// Folds a body.
  ///
  /// - Parameter source: the JSON, and the name that messages call it by.
  /// - Throws: `CompilationError` with the place if it is no request body.
  /// - Complexity: linear.
  public mutating func fold(_ source: SourceText) throws(CompilationError) -> FoldedBody {
    let texts = try BodyReader.texts(of: source)
    if !progress.isContinued(by: texts, of: source.bytes) { begin() }
    while progress.steps.count < texts.count {
      let text = texts[progress.steps.count]
      do {
        try append(text, of: source.bytes)
      } catch FoldProblem.cannotBeUndone where !isExcluded(progress.steps.count) {
        // What was folded is known to the folder of texts, which cannot forget it.
        begin(excluding: progress.excluded.union([progress.steps.count]))
      } catch {
        begin()
        throw CompilationError([
          source.diagnostic(
            at: text.literal.range.start, "\(text.path): \(error.description)")
        ])
      }
    }
    progress.body = source.bytes
    var edits = LiteralEdits()
    for step in progress.steps {
      if let literal = step.shown { edits.replace(step.text.literal.range, by: literal) }
    }
    return FoldedBody(
      bytes: edits.applied(to: source.bytes), texts: progress.steps.flatMap(\.folded))
  }

  private mutating func begin(excluding excluded: Set<Int> = []) {
    progress = FoldProgress(TextFolder(settings, wording: wording, segmenter: segmenter))
    progress.excluded = excluded
  }

  private func isExcluded(_ index: Int) -> Bool { progress.excluded.contains(index) }

  private mutating func append(_ text: BodyText, of source: [UInt8]) throws(FoldProblem) {
    var step = FoldProgress.Step(text: text)
    let isText = progress.spelling.learn(from: text.literal, in: source)
    switch isText ? text.use(wording, showsAssistant: showsAssistant) : .ignored {
    case .ignored: break
    case .shown: progress.folder.show(text.text, as: progress.names.next(for: text))
    case .folded:
      var shown = text.text
      if text.speaker == .tool, let fields = JSONTextFields(text.text, wording) {
        (shown, step.folded) = try fold(fields, of: text)
      } else {
        (shown, step.folded) = try foldWhole(text)
      }
      if shown != text.text {
        var literal: [UInt8] = []
        progress.spelling.append(shown, to: &literal)
        step.shown = literal
      }
    }
    progress.steps.append(step)
  }

  private typealias Outcome = (shown: [UInt8], texts: [FoldedBodyText])

  private mutating func foldWhole(_ text: BodyText) throws(FoldProblem) -> Outcome {
    let name = progress.names.next(for: text)
    let isStaying = isExcluded(progress.steps.count) && !wording.isMentioned(in: text.text)
    let folded = try fold(text.text, as: name, isStaying: isStaying, spelling: nil)
    // What is shown must not be taken for JSON with folded fields.
    if text.speaker == .tool, folded.isFolded, JSONTextFields(folded.bytes, wording) != nil {
      throw .cannotBeUndone
    }
    let record = FoldedBodyText(path: text.path, name: name, original: text.text, folded)
    return (folded.bytes, [record])
  }

  /// Folds the fields of a text that is JSON.
  ///
  /// - Throws: `FoldProblem.cannotBeUndone` if what is left does not tell how the text spells a character.
  private mutating func fold(
    _ fields: JSONTextFields, of text: BodyText
  ) throws(FoldProblem) -> Outcome {
    let known = progress.fieldSpelling
    fields.teach(&progress.fieldSpelling)
    let spelling = progress.fieldSpelling
    // A text that spells a character in two ways would not be given back to the byte. One in which
    // references seem to stand needs its escapes all the same.
    let isMentioned = fields.fields.contains { wording.isMentioned(in: $0.value) }
    let isStaying =
      !isMentioned
      && (isExcluded(progress.steps.count) || !fields.areSpelled(by: spelling))
    var values: [[UInt8]?] = []
    var records: [FoldedBodyText] = []
    for field in fields.fields {
      let name = progress.names.next(for: text)
      let folded = try fold(field.value, as: name, isStaying: isStaying, spelling: spelling)
      values.append(field.value == folded.bytes ? nil : folded.bytes)
      records.append(
        FoldedBodyText(
          path: text.path, field: field.path, name: name, original: field.value, folded))
    }
    guard values.contains(where: { $0 != nil }) else { return (text.text, records) }
    let shown = fields.replacing(values, spelling)
    if !isMentioned, !fields.areSpelled(by: known) {
      var remaining = known
      JSONTextFields(shown, wording)?.teach(&remaining)
      guard fields.areSpelled(by: remaining) else { throw .cannotBeUndone }
    }
    return (shown, records)
  }

  /// Folds a text, or shows it as it is.
  ///
  /// - Parameter spelling: how the model sees the text, if it sees it inside JSON.
  private mutating func fold(
    _ text: [UInt8], as name: ByteString, isStaying: Bool, spelling: JSONStringSpelling?
  ) throws(FoldProblem) -> FoldedText {
    guard !isStaying else {
      progress.folder.show(text, as: name)
      return FoldedText(bytes: text)
    }
    let encoder = encoder
    do {
      return try progress.folder.fold(text, as: name) { bytes throws(TokenizerError) in
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

/// How far a body is folded.
struct FoldProgress {
  /// A text, and what became of it.
  struct Step {
    var text: BodyText
    /// The literal in place of the text's own; nil if that stays.
    var shown: [UInt8]?
    var folded: [FoldedBodyText] = []
  }

  var folder: TextFolder
  var names = BodyTextNames()
  /// How the strings of the body are spelled, and those in texts that are JSON.
  var spelling = JSONStringSpelling()
  var fieldSpelling = JSONStringSpelling()
  var steps: [Step] = []
  /// The steps whose text stays as it is, since what was folded could not be undone.
  var excluded: Set<Int> = []
  /// The body that the steps' texts stand in.
  var body: [UInt8] = []

  init(_ folder: TextFolder) {
    self.folder = folder
  }

  /// Whether the texts of another body begin with those of all steps, spelled alike.
  func isContinued(by texts: [BodyText], of source: [UInt8]) -> Bool {
    guard texts.count >= steps.count else { return false }
    return zip(steps, texts).allSatisfy { step, text in
      let (old, new) = (step.text.literal.range, text.literal.range)
      return step.text.speaker == text.speaker && step.text.number == text.number
        && step.text.isCited == text.isCited && step.text.path == text.path
        && body[old.start..<old.end].elementsEqual(source[new.start..<new.end])
    }
  }
}

extension FoldedBodyText {
  init(
    path: ByteString, field: ByteString? = nil, name: ByteString, original: [UInt8],
    _ folded: FoldedText
  ) {
    self.init(
      path: path, field: field, name: name, original: original, references: folded.references,
      tokensBefore: folded.tokensBefore, tokensAfter: folded.tokensAfter)
  }
}
