import ArgumentParser
import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation

/// The options that name a chat template.
struct TemplateOptions: ParsableArguments {
  @Option(
    help: """
      The model: its name, a folder with its files, a .gguf file, or ORG/NAME in the Hugging Face cache; \
      without it the spec's "model", if there is a spec, then CPC_MODEL.
      """)
  var model: String?

  @Option(
    help: ArgumentHelp("A chat template, in place of the model's own.", valueName: "file"))
  var chatTemplate: String?

  /// The model that is named; nil if none is. The template of the user's stands in place of its own.
  ///
  /// - Parameter fallback: the model's name where no option gives it; `CPC_MODEL` stands behind it.
  func located(fallback: ByteString? = nil) throws(CompilationError) -> LocatedModel? {
    let name =
      model.map { ByteString($0) } ?? fallback
      ?? Environment.value("CPC_MODEL").map { ByteString($0) }
    guard let name else { return nil }
    return try LocatedModel.named(name, template: try ownTemplate())
  }

  /// The template of `--chat-template`, or else of the model, with what is known of the model.
  func load() throws -> SelectedTemplate {
    if let model = try located() {
      return SelectedTemplate(
        templates: try model.templates(), specialTokens: model.profile.specialTokens,
        clock: model.profile.clock)
    }
    guard let template = try ownTemplate() else {
      throw ValidationError("no template: give --model qwen3 or --chat-template FILE")
    }
    return SelectedTemplate(templates: ModelTemplates(template), specialTokens: [], clock: nil)
  }

  private func ownTemplate() throws(CompilationError) -> ModelTemplate? {
    guard let chatTemplate else { return nil }
    return try ModelTemplate(path: chatTemplate)
  }
}

/// A chat template with what is known of its model.
struct SelectedTemplate {
  /// The templates of the model, or the user's own.
  let templates: ModelTemplates
  /// The model's special tokens; none if no model is named.
  let specialTokens: [JSONMember]
  /// The time that the model's profile pins; nil if it pins none.
  let clock: TemplateClock?
}
