internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// Puts references in place of what a body repeats, as `cpc dedup` does.
struct FoldStep: BodyStep {
  var isOptional: Bool { true }

  func rewrite(
    _ body: [UInt8], of request: PromptRequest, in memory: TenantMemory
  ) throws -> RewrittenRequest? {
    guard try DocumentHeaders(request.fields).isEnabled ?? true else { return nil }
    let folded = try memory.withFolder { folder throws(CompilationError) in
      try folder.fold(SourceText(name: "request", bytes: body))
    }
    guard folded.bytes != body else { return nil }
    let saved = folded.texts.reduce(0) { $0 + ($1.tokensBefore ?? 0) - ($1.tokensAfter ?? 0) }
    return RewrittenRequest(body: folded.bytes, savedTokens: saved)
  }
}
