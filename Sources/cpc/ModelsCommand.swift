import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import Tokenization

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the models that cpc knows, and what is missing of them.",
    discussion: """
      A model whose vocabulary is missing renders, and has no tokens. Other models are named by their \
      folder, their .gguf file, or ORG/NAME in the Hugging Face cache.
      """)

  @Option(help: "text: a table; json: one object.")
  var format: TokensFormat = .text

  func run() throws {
    let profiles = try ModelCatalog().profiles()
    let vocabularies = try VocabularyCatalog.ofDataFolder()
    switch format {
    case .text:
      var table = TextTable(["MODEL", "VOCABULARY", "CONTEXT", "CACHE", "ALIASES"])
      for profile in profiles {
        table.add([
          profile.name.string, VocabularyState(of: profile, in: vocabularies).text(of: profile),
          profile.contextLength.map(String.init) ?? "", profile.cacheModel.description,
          profile.aliases.map(\.string).joined(separator: ", "),
        ])
      }
      for line in table.lines { try Terminal.printLine(line) }
    case .json:
      let entries = profiles.map {
        Self.json($0, VocabularyState(of: $0, in: vocabularies))
      }
      let list: JSONValue = .object([
        "schema_version": .integer(TokensFormat.schemaVersion), "models": .array(of: entries),
      ])
      try Terminal.write(JSONWriter.write(list, style: .indented) + [UInt8(ascii: "\n")])
    }
  }

  /// What a profile says, under the names that it has there.
  private static func json(_ profile: ModelProfile, _ state: VocabularyState) -> JSONValue {
    var members = [
      JSONMember("name", JSONNode(.string(profile.name))),
      JSONMember("aliases", JSONNode(.array(of: profile.aliases.map { .string($0) }))),
      JSONMember("vocabulary", JSONNode(.string(profile.vocabulary ?? ""))),
      JSONMember("vocabulary_state", JSONNode(.string(ByteString(state.rawValue)))),
      JSONMember("template", JSONNode(.string(ByteString(profile.templateFile ?? "")))),
      JSONMember("special_tokens", JSONNode(.object(profile.specialTokens))),
    ]
    if let length = profile.contextLength {
      members.append(JSONMember("context_length", JSONNode(.integer(length))))
    }
    members.append(
      JSONMember(
        "cache_model", JSONNode(.string(ByteString(profile.cacheModel.description)))))
    return .object(members + TemplateList.pins(of: profile))
  }
}

/// Whether the vocabulary of a model can be used.
enum VocabularyState: String {
  /// It can.
  case there
  /// `cpc vocabulary pull` gets it.
  case pullable
  /// It has to come from the model's own files.
  case missing

  /// Looks for the vocabulary that a profile names.
  init(of profile: ModelProfile, in catalog: VocabularyCatalog) {
    guard let name = profile.vocabulary,
      let vocabulary = catalog.manifest.vocabulary(named: name),
      let file = catalog.manifest.file(ofVocabulary: vocabulary)
    else {
      self = .missing
      return
    }
    self = catalog.has(file) ? .there : .pullable
  }

  /// The vocabulary's name with its state, if it is not there.
  func text(of profile: ModelProfile) -> String {
    let name = profile.vocabulary?.string ?? ""
    return switch self {
    case .there: name
    case .pullable: "\(name) (to be pulled)"
    case .missing: "\(name) (missing)"
    }
  }
}
