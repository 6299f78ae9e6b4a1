internal import Bytes
internal import OrderedJSON

/// The forms in which a compiled prompt is put out.
public enum OutputFormat: String, Sendable, CaseIterable {
  /// A body for `/v1/chat/completions`.
  case openai
  /// A body for `/v1/messages`.
  case anthropic
  /// The text of the prompt.
  case text
  /// The token ids, one JSON object a line.
  case tokens
  /// Everything.
  case json
}

extension CompiledPrompt {
  /// Returns the prompt in `format`, without a newline at the end.
  ///
  /// - Parameters:
  ///   - index: the number of the prompt among those of a run, for `tokens`.
  ///   - plainTokenCount: the tokens of the plain rendering, for `tokens` and `json`; left out if nil.
  /// - Throws: `CompilationError` if the format cannot carry the prompt.
  public func emit(
    _ format: OutputFormat, index: Int = 0, plainTokenCount: Int? = nil
  ) throws(CompilationError) -> [UInt8] {
    switch format {
    case .openai: JSONWriter.write(OpenAIEmitter(self).body)
    case .anthropic: JSONWriter.write(try AnthropicEmitter(self).body())
    case .text: text
    case .tokens: tokenLine(index: index, plainTokenCount: plainTokenCount)
    case .json: JSONWriter.write(ReportEmitter(self, plainTokenCount: plainTokenCount).everything)
    }
  }

  private func tokenLine(index: Int, plainTokenCount: Int?) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(raw: "{\"index\":")
    writer.write(.integer(index))
    if let plainTokenCount {
      writer.write(raw: ",\"orig_tokens\":")
      writer.write(.integer(plainTokenCount))
    }
    writer.write(raw: ",\"tokens\":")
    writer.write(tokens: tokens)
    writer.write(raw: "}")
    return writer.bytes
  }
}
