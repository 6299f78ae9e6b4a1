internal import Bytes
internal import OrderedJSON

/// What an engine tells prompts apart by beside their tokens.
struct EngineNames: Hashable, Sendable {
  /// The `cache_salt` that the body has or gets.
  let salt: ByteString?
  /// What the body calls its model, which may be the name of a LoRA adapter.
  let model: ByteString?

  /// Reads a body.
  ///
  /// - Parameter cacheSalt: what bodies without a salt get; nil if they get none.
  init(_ root: JSONNode, of request: PromptRequest, _ cacheSalt: CacheSalt?) {
    let added = CacheSalt.isRead(by: request.endpoint) ? cacheSalt?.salt(of: request.tenant) : nil
    salt = root[CacheSalt.member]?.string ?? added
    model = root["model"]?.string
  }
}

/// A prompt as an engine tells it from others.
struct EnginePrompt: Sendable {
  let names: EngineNames
  let tokens: [UInt32]

  /// How many of the first tokens are those of another prompt; none if the engine shares nothing between them,
  /// or if they are not more than a number.
  func sharedPrefix(with other: EnginePrompt, beyond number: Int) -> Int {
    let most = min(tokens.count, other.tokens.count)
    guard names == other.names, most > number, tokens[number] == other.tokens[number] else {
      return 0
    }
    var count = 0
    while count < most, tokens[count] == other.tokens[count] { count += 1 }
    return count
  }
}
