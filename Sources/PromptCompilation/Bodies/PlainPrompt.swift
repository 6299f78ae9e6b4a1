internal import Tokenization

/// The prompt that a model's chat template makes of messages as they are.
public struct PlainPrompt: Sendable {
  /// The text that the engine sees.
  public let text: [UInt8]
  /// Its tokens.
  public let tokens: [UInt32]
  /// How many special tokens stand in texts of the request, where the model reads them as its own.
  public let controlTokenCount: Int
  /// The end of each token in bytes of the text, never decreasing.
  let ends: [Int]
}

extension PromptCompiler {
  /// Renders and tokenises a spec without any pass that changes texts, variables included.
  ///
  /// The prompt may be longer than the model's context.
  ///
  /// - Throws: `CompilationError` if the template refuses the messages, or a text of the user's would be
  ///   read as a special token.
  public func plainPrompt(_ spec: Spec) throws(CompilationError) -> PlainPrompt {
    let context = passContext()
    var prompt = try RenderPass().run(try start(spec).prompt, in: context)
    guard let rendered = prompt.rendered,
      let encoded = try TokenizePass.encoded(prompt, in: context)
    else { throw CompilationError(file: spec.name, message: "the chat template gave no text") }
    prompt.addedTokens = model.tokenizer.addedTokens(in: rendered.bytes)
    let check = ControlTokenCheck(prompt, rendered)
    guard check.errors.isEmpty || spec.policy.controlTokens == .keep else {
      throw CompilationError(check.errors)
    }
    return PlainPrompt(
      text: rendered.bytes, tokens: encoded.ids, controlTokenCount: check.errors.count,
      ends: encoded.ends)
  }
}
