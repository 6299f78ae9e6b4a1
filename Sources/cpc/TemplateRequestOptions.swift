import ArgumentParser
import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation

/// The options that say what a chat template is given beside the conversation.
struct TemplateRequestOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Keyword arguments of the chat template, such as '{"enable_thinking": false}'; they stand before \
      those of the input.
      """, valueName: "json"))
  var chatTemplateKwargs: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether the prompt ends with the start of the assistant's message.")
  var addGenerationPrompt: Bool?

  @Flag(help: "End the prompt where the last message ends, for the model to go on with it.")
  var continueFinalMessage = false

  @Option(
    help: ArgumentHelp(
      """
      The local date and time that the template sees, such as 2025-03-05T07:08:09; without it what the \
      model's profile pins.
      """, valueName: "time"))
  var now: TemplateClock?

  /// The options for compiling.
  func settings() throws -> RenderSettings {
    if continueFinalMessage, addGenerationPrompt == true {
      throw ValidationError(
        "--continue-final-message: the prompt then has no generation prompt: give one of the two")
    }
    return RenderSettings(
      keywordArguments: try keywordArguments(), clock: now,
      ending: continueFinalMessage
        ? .openMessage : addGenerationPrompt == false ? .lastMessage : .generationPrompt)
  }

  /// The keyword arguments that are given.
  func keywordArguments() throws -> [JSONMember] {
    try Self.keywordArguments(chatTemplateKwargs)
  }

  /// The keyword arguments that the value of `--chat-template-kwargs` names; none without a value.
  static func keywordArguments(_ text: String?) throws -> [JSONMember] {
    guard let text else { return [] }
    let option = "--chat-template-kwargs"
    do {
      let json = try JSONParser.parse(Array(text.utf8))
      return try TemplateRequest.keywordArguments(json, option)
    } catch let error as JSONSyntaxError {
      throw ValidationError("\(option): not JSON at \(error)")
    } catch let error as TemplateRequestError {
      throw ValidationError(error.message)
    }
  }
}
