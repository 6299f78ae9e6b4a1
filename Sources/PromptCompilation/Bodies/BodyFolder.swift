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
    progress = FoldProgress(ConversationFolder(settings, wording, segmenter, encoder))
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
    var edits = ByteEdits()
    for step in progress.steps {
      if let literal = step.shown { edits.replace(step.text.literal.range, by: literal) }
    }
    return FoldedBody(
      bytes: edits.applied(to: source.bytes), texts: progress.steps.flatMap(\.folded))
  }

  private mutating func begin(excluding excluded: Set<Int> = []) {
    progress = FoldProgress(ConversationFolder(settings, wording, segmenter, encoder))
    progress.excluded = excluded
  }

  private func isExcluded(_ index: Int) -> Bool { progress.excluded.contains(index) }

  private mutating func append(_ text: BodyText, of source: [UInt8]) throws(FoldProblem) {
    var step = FoldProgress.Step(text: text)
    let isText = progress.spelling.learn(from: text.literal, in: source)
    switch isText ? text.use(wording, showsAssistant: showsAssistant) : .ignored {
    case .ignored: break
    case .shown: progress.folder.show(text.text, of: text.owner)
    case .folded:
      let (shown, outcomes) = try progress.folder.fold(
        text.text, of: text.owner, isExcluded: isExcluded(progress.steps.count))
      step.folded = outcomes.map { FoldedBodyText(path: text.path, $0) }
      if shown != text.text {
        var literal: [UInt8] = []
        progress.spelling.append(shown, to: &literal)
        step.shown = literal
      }
    }
    progress.steps.append(step)
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

  var folder: ConversationFolder
  /// How the strings of the body are spelled.
  var spelling = JSONStringSpelling()
  var steps: [Step] = []
  /// The steps whose text stays as it is, since what was folded could not be undone.
  var excluded: Set<Int> = []
  /// The body that the steps' texts stand in.
  var body: [UInt8] = []

  init(_ folder: ConversationFolder) {
    self.folder = folder
  }

  /// Whether the texts of another body begin with those of all steps, spelled alike.
  func isContinued(by texts: [BodyText], of source: [UInt8]) -> Bool {
    guard texts.count >= steps.count else { return false }
    return zip(steps, texts).allSatisfy { step, text in
      let (old, new) = (step.text.literal.range, text.literal.range)
      return step.text.owner == text.owner && step.text.isCited == text.isCited
        && step.text.path == text.path
        && body[old.start..<old.end].elementsEqual(source[new.start..<new.end])
    }
  }
}

extension FoldedBodyText {
  init(path: ByteString, _ outcome: ConversationFolder.Outcome) {
    let folded = outcome.folded
    self.init(
      path: path, field: outcome.field, name: outcome.name, original: outcome.original,
      references: folded.references, tokensBefore: folded.tokensBefore,
      tokensAfter: folded.tokensAfter)
  }
}
