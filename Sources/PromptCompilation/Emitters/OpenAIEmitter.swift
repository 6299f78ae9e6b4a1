internal import Bytes
internal import OrderedJSON

/// Writes the body of a request to `/v1/chat/completions`.
struct OpenAIEmitter {
  private let prompt: CompiledPrompt

  init(_ prompt: CompiledPrompt) {
    self.prompt = prompt
  }

  /// `model`, `messages`, `tools`, what the template needs, and the caller's parameters, which may
  /// name another model: the one that the engine serves.
  var body: JSONValue {
    var members: [JSONMember] = []
    let parameters = prompt.spec.parameters
    if !parameters.contains(where: { $0.key == "model" }) {
      members.append(JSONMember("model", JSONNode(.string(prompt.model))))
    }
    members.append(
      JSONMember("messages", JSONNode(.array(of: prompt.messages.map(\.requestJSON)))))
    if let tools = prompt.spec.tools, prompt.spec.hasTools {
      members.append(JSONMember("tools", tools))
    }
    if !prompt.templateArguments.isEmpty {
      members.append(
        JSONMember("chat_template_kwargs", JSONNode(.object(prompt.templateArguments))))
    }
    members += prompt.ending.members
    return .object(
      parameters.filter { $0.key == "model" } + members
        + parameters.filter { $0.key != "model" })
  }
}
