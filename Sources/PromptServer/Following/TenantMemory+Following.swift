internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

extension TenantMemory {
  /// The compiler, which takes out of the tenant's index what the engine does not hold.
  func corrected(
    _ compiler: PromptCompiler, _ names: EngineNames, _ request: PromptRequest
  ) -> PromptCompiler {
    guard let following else { return compiler }
    return compiler.correcting { tokens, ends in
      guard following.isComplete else { return nil }
      return following.heldEnds(of: EnginePrompt(names: names, tokens: tokens), ends, request)
    }
  }

  /// What says how many documents of a body the engine holds; nil if it is not followed.
  ///
  /// It holds them as they were sent: in the body with its blocks, and folded. One that gets blocks is not
  /// looked up.
  ///
  /// - Parameter folds: whether the body is folded behind that.
  func heldDocuments(
    _ compiler: PromptCompiler, of request: PromptRequest, folds: Bool
  ) -> ((RewrittenBody) -> [Int?])? {
    guard let following, following.isComplete else { return nil }
    return { body in
      let unknown = [Int?](repeating: nil, count: body.groups.count)
      var bytes = body.bytes
      if folds,
        let folded = try? self.withFolder({ folder throws(CompilationError) in
          try folder.fold(SourceText(name: "request", bytes: body.bytes))
        })
      {
        bytes = folded.bytes
      }
      guard let plain = try? PlainBody(bytes), !plain.hasBlocks,
        let prompt = try? compiler.plainPrompt(plain.spec)
      else { return unknown }
      let names = EngineNames(plain.root, of: request, self.cacheSalt)
      let sent = EnginePrompt(names: names, tokens: prompt.tokens)
      return prompt.documentEnds(in: body).map { ends in
        ends.flatMap { following.heldEnds(of: sent, $0, request) }
      }
    }
  }

  /// How many of a prompt's tokens the engine should find, by its own word; nil if that is not known.
  func cachedTokens(of prompt: EnginePrompt, _ request: PromptRequest, page: Int) -> Int? {
    guard let following else { return nil }
    let cached = following.cachedPrefix(of: prompt, request, page: page)
    following.counts.countPrediction(isFollowed: cached != nil)
    return cached
  }
}
