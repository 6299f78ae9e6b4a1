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
    let tokens: Int
    if let counted = prompt.countedAnnotation, counted.text == line.text {
      tokens = counted.tokens
    } else {
      tokens = try line.tokenCount(in: context)
    }
    let language = line.language == .en ? "" : ", in \(line.language.rawValue)"
    prompt.notes.append(
      "the order of importance in one line\(language), \(line.labelCount) labels, "
        + "\(tokens) tokens")
    return prompt
  }
}
