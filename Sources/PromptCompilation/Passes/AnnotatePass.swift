internal import Bytes

/// Tells the model the order of importance in one line behind the blocks, where the blocks stand in
/// another order.
struct AnnotatePass: Pass {
  let name = PassName.annotate

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard let line = AnnotationLine(prompt.blocks, of: prompt) else { return prompt }
    var prompt = prompt
    prompt.annotation = line.text
    let language = line.language == .en ? "" : ", in \(line.language.rawValue)"
    prompt.notes.append(
      "the order of importance in one line\(language), \(line.labelCount) labels, "
        + "\(try line.tokenCount(in: context)) tokens")
    return prompt
  }
}
