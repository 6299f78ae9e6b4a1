internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// Puts the documents of a body in the order in which most of the prompt is believed to be cached.
struct DocumentStep: BodyStep {
  /// Whether this is done to requests that do not ask for it.
  let isDefault: Bool

  var isOptional: Bool { true }

  func rewrite(
    _ body: [UInt8], of request: PromptRequest, in memory: TenantMemory
  ) throws -> RewrittenRequest? {
    let headers = try DocumentHeaders(request.fields)
    // What is only counted has as many tokens in any order, and must not be taken for sent.
    // What is put in order by default is folded behind that.
    guard headers.isEnabled ?? isDefault, request.endpoint.isComputed,
      let arranged = try memory.arrange(
        SourceText(name: "request", bytes: body), headers.settings, of: request, folds: isDefault),
      arranged.bytes != body
    else { return nil }
    let counts = DocumentCounts(
      found: arranged.groups.reduce(0) { $0 + $1.order.count },
      moved: arranged.groups.reduce(0) { $0 + $1.movedCount })
    return RewrittenRequest(body: arranged.bytes, documents: counts)
  }
}
