/// A prompt of a batch.
public struct BatchPrompt: Sendable {
  /// The number of its request.
  public let number: Int
  /// The prompt.
  public let prompt: CompiledPrompt
  /// The tokens of the plain rendering.
  public let plainTokenCount: Int
}

/// What takes the prompts of a batch, in the sequence in which they are to be sent.
public protocol BatchReceiver {
  /// Whether the prompt of the next request is wanted; one that is not is not computed, and counts as sent.
  mutating func wants(_ number: Int) throws -> Bool

  /// Takes a prompt that is wanted, or why there is none.
  mutating func receive(
    _ outcome: Result<BatchPrompt, CompilationError>, of number: Int
  ) throws
}
