internal import Bytes

/// Puts the values of variables into the system text, the query and the titles of blocks. The text
/// of documents is never touched.
struct ResolvePass: Pass {
  let name = PassName.resolve

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    let spec = prompt.spec
    let variables = spec.variables
    var faults: [Diagnostic] = []
    func substitute(_ text: ByteString, at offset: Int) -> ByteString {
      do throws(UnknownVariable) {
        return try Variable.substitute(variables, in: text)
      } catch {
        faults.append(spec.diagnostic(at: offset, Self.message(error, variables)))
        return text
      }
    }
    let (system, query) = (prompt.system, prompt.query)
    prompt.system?.mapTexts { substitute($0, at: system?.offset ?? 0) }
    prompt.query?.mapTexts { substitute($0, at: query?.offset ?? 0) }
    for index in prompt.blocks.indices {
      guard let title = prompt.blocks[index].title else { continue }
      let offset = spec.blocks[prompt.blocks[index].index].offset
      prompt.blocks[index].title = substitute(title, at: offset)
    }
    guard faults.isEmpty else { throw CompilationError(faults) }
    return prompt
  }

  private static func message(_ error: UnknownVariable, _ variables: [Variable]) -> String {
    let names = variables.map(\.name.string)
    let hint = Suggestion.nearest(to: error.name.string, in: names).map {
      " (did you mean \"\($0)\"?)"
    }
    return "variable \"\(error.name)\" has no value\(hint ?? ""); "
      + "write $${\(error.name)} to have the text itself"
  }
}
