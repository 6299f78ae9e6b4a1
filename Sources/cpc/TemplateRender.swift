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
      no newline behind it. Where no --now is given, the template sees the time that the model's profile \
      pins, or else the start of 1970.
      """)

  @OptionGroup var template: TemplateOptions
  @OptionGroup var options: TemplateRequestOptions

  @Argument(help: "The request, JSON; - for standard input.")
  var request: String

  func run() throws {
    let selected = try template.load()
    var request = try load()
    request.specialTokens = selected.specialTokens
    request.keywordArguments += try options.keywordArguments()
    if let isAdded = options.addGenerationPrompt { request.addGenerationPrompt = isAdded }
    if options.continueFinalMessage {
      request.continuedMember = request.continuedMember ?? "content"
    }
    request.clock = options.now ?? selected.clock ?? .epoch
    // As transformers does: tools are there if they are given, even if there are none in the list.
    let template = selected.templates.template(hasTools: request.tools != nil)
    try Terminal.write(try template.template.render(request).bytes)
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
