import ArgumentParser
import Bytes
import Deduplication
import PromptCompilation
import TextProcessing

/// The options that say what is folded, and how references read.
struct FoldOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The fewest tokens of a part that becomes a reference; \(FoldSettings().minimumTokens) if not given.",
      valueName: "n"))
  var minTokens: Int?

  @Option(
    help: """
      What is folded beside whole texts, with commas between: chunks (runs of lines), sentences (runs of \
      sentences), or none of both: blocks.
      """)
  var levels: FoldLevels = FoldLevels(smallest: .sentence)

  @Option(
    help: ArgumentHelp(
      """
      How references read; given once for each form. The fields tell the form: {source}; {source}, {first} and \
      {last}; {source}, {lines}, {first} and {last}; for near duplicates {source} and {edits}.
      """, valueName: "template"))
  var wording: [String] = []

  @Option(help: "What counts as equal: \(TextComparison.names).")
  var comparison: TextComparison = .exact

  @Flag(help: "References may also point to what the assistant said.")
  var referToAssistant = false

  @Flag(
    help: "A text that differs from an earlier one by some words becomes a reference with them.")
  var near = false

  /// A folder of bodies with these options.
  func folder(_ tokenizer: Tokenizer) throws -> BodyFolder {
    var settings = FoldSettings()
    if let minTokens {
      guard minTokens > 0 else { throw ValidationError("--min-tokens: at least 1") }
      settings.minimumTokens = minTokens
    }
    settings.level = levels.smallest
    settings.comparison = comparison
    settings.foldsNearDuplicates = near
    let wording = try Self.wording(wording)
    guard !near || wording.templates.edits != nil else {
      throw ValidationError("--near with --wording needs one with {source} and {edits} too")
    }
    return try BodyFolder(
      settings, wording: wording, showsAssistant: referToAssistant,
      tokenizer: tokenizer)
  }

  /// The wording that has some forms in place of the standard ones.
  static func wording(_ templates: [String]) throws -> ReferenceWording {
    var forms: [ByteString] = [
      "[same as {source}]", "[same as {source} from \"{first}\" to \"{last}\"]",
      "[same as {source}, {lines} lines from \"{first}\" to \"{last}\"]",
    ]
    var edits = templates.isEmpty ? ReferenceWording.standard.templates.edits : nil
    for template in templates {
      guard !template.contains("{edits}") else {
        edits = ByteString(template)
        continue
      }
      let form = template.contains("{lines}") ? 2 : template.contains("{first}") ? 1 : 0
      forms[form] = ByteString(template)
    }
    do {
      return try ReferenceWording(whole: forms[0], part: forms[1], lines: forms[2], edits: edits)
    } catch {
      throw ValidationError("--wording: \(error)")
    }
  }
}

/// What `--levels` takes.
struct FoldLevels: ExpressibleByArgument {
  /// The smallest part that may become a reference.
  let smallest: FoldSettings.Level

  init(smallest: FoldSettings.Level) {
    self.smallest = smallest
  }

  init?(argument: String) {
    var smallest = FoldSettings.Level.block
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      switch word {
      case "blocks": break
      case "chunks": if smallest == .block { smallest = .chunk }
      case "sentences": smallest = .sentence
      default: return nil
      }
    }
    self.smallest = smallest
  }

  var defaultValueDescription: String { "chunks,sentences" }
}
