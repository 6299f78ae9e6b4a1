import ArgumentParser
import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation

struct TemplateRender: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render a conversation with a chat template, as transformers does.",
    discussion: """
      The request is a body in the form of the OpenAI interface, {"messages": [...], "tools": [...], \
      "documents": [...], "add_generation_prompt": true, "continue_final_message": false, \
      "chat_template_kwargs": {...}}, or the array of messages alone. The text is written as it is, with \
      no newline behind it.
      """)

  @OptionGroup var template: TemplateOptions
  @OptionGroup var options: TemplateRequestOptions

  @Argument(help: "The request, JSON; - for standard input.")
  var request: String

  func run() throws {
    let (template, specialTokens) = try template.load()
    var request = try load()
    request.specialTokens = specialTokens
    request.keywordArguments += try options.keywordArguments()
    if let isAdded = options.addGenerationPrompt { request.addGenerationPrompt = isAdded }
    if options.continueFinalMessage {
      request.continuedMember = request.continuedMember ?? "content"
    }
    if let now = options.now { request.clock = now }
    try Terminal.write(try template.render(request).bytes)
  }

  private func load() throws -> TemplateRequest {
    let name = request == "-" ? "<stdin>" : request
    let source = SourceText(name: name, bytes: try Files.read(request))
    func fault(at offset: Int, _ message: String) -> CompilationError {
      let (line, column) = source.position(at: offset)
      return CompilationError([
        Diagnostic(file: name, line: line, column: column, message: message)
      ])
    }
    do {
      return try TemplateRequest(json: try JSONParser.parse(source.bytes))
    } catch let error as JSONSyntaxError {
      throw fault(at: error.offset, error.message)
    } catch let error as TemplateRequestError {
      throw fault(at: error.offset, error.message)
    }
  }
}

/// The options that name a chat template.
struct TemplateOptions: ParsableArguments {
  @Option(help: "The model's name; without it CPC_MODEL.")
  var model: String?

  @Option(
    help: ArgumentHelp("A chat template, in place of the model's own.", valueName: "file"))
  var chatTemplate: String?

  /// The template, and the special tokens of the model that is named.
  func load() throws -> (template: ChatTemplate, specialTokens: [JSONMember]) {
    let catalog = try ModelCatalog()
    var profile: ModelProfile?
    if let name = model ?? Environment.value("CPC_MODEL") {
      profile = try catalog.profile(of: ByteString(name))
      guard profile != nil else {
        throw CompilationError(file: "cpc", message: "no model is called \"\(name)\"")
      }
    }
    if let chatTemplate {
      return (try ModelTemplate(path: chatTemplate).template, profile?.specialTokens ?? [])
    }
    guard let profile else {
      throw ValidationError("no template: give --model qwen3 or --chat-template FILE")
    }
    return (try catalog.template(of: profile).template, profile.specialTokens)
  }
}
