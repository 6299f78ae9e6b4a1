internal import Bytes

/// A prompt whose text is fixed and can be sent, and whose tokens and addresses are not known yet.
///
/// Where a prompt has to be sent soon, what is needed to send it comes first (`PromptCompiler.layOut`), and the rest
/// behind that (`completed`).
public struct LaidOutPrompt: Sendable {
  private let compiler: PromptCompiler
  private let context: PassContext
  private var compilation: Compilation

  fileprivate init(
    _ compiler: PromptCompiler, _ compilation: Compilation, _ context: PassContext
  ) {
    self.compiler = compiler
    self.compilation = compilation
    self.context = context
  }

  /// What was put in front of the user's words, by message.
  public var insertions: [MessageInsertion] {
    MessageInsertion.insertions(in: compilation.prompt.messages)
  }

  /// Turns the text into tokens, seals it, and records the prompt in the index, if there is one: the same prompt that
  /// `PromptCompiler.compile` returns. Prompts that are compiled before are not laid out by what this one caches.
  ///
  /// - Throws: `CompilationError`.
  public func completed() throws(CompilationError) -> CompiledPrompt {
    var compilation = compilation
    let isEncoded = compilation.prompt.encoded != nil
    let pipeline = PromptCompiler.sealing.dropFirst(isEncoded ? 1 : 0)
    var compiled = try compiler.sealed(&compilation, through: Array(pipeline), context)
    compiled.sent = try compiler.record(compilation, context)
    return compiled
  }
}

extension PromptCompiler {
  /// Compiles a spec as far as is needed to send it: what would refuse it does so here.
  ///
  /// What an engine says of its cache is not asked (`correcting`), and no state of a conversation is used.
  ///
  /// - Parameters:
  ///   - time: now, in milliseconds since any fixed moment, for an index in which entries age.
  /// - Throws: `CompilationError` with everything that is wrong with the spec.
  public func layOut(
    _ spec: Spec, at time: UInt64 = 0
  ) throws(CompilationError) -> LaidOutPrompt {
    let context = passContext(at: time)
    var compilation = try start(spec)
    try advance(&compilation, through: Self.preparation + [fitting] + Self.layout, context)
    compilation.prompt = try TokenizePass.checked(compilation.prompt, in: context)
    // A text has no more tokens than bytes.
    let limit = model.profile.contextLength ?? .max
    if compilation.prompt.rendered?.bytes.count ?? 0 > limit {
      try advance(&compilation, through: [TokenizePass()], context)
    }
    return LaidOutPrompt(self, compilation, context)
  }
}
