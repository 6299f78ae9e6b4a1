internal import Bytes
internal import OrderedJSON

/// What a reply says of the tokens of its prompt.
package struct ReportedUsage: Hashable, Sendable {
  /// The tokens of the prompt; nil if the reply does not say.
  package var promptTokens: Int?
  /// How many of them came from the cache; nil if the reply does not say.
  package var cachedTokens: Int?
  /// How many of them were written to the cache; nil if the reply does not say.
  package var writtenTokens: Int?
  /// The tokens that were generated; nil if the reply does not say.
  package var generatedTokens: Int?

  /// Whether nothing is known.
  var isEmpty: Bool { promptTokens == nil && cachedTokens == nil }

  init() {}

  /// Reads a reply, or one event of a stream, of OpenAI's interfaces, Anthropic's, or llama.cpp's server.
  init(_ reply: JSONNode) {
    // Responses and Anthropic's streams have the reply in a member of their first and last events.
    let holder = reply["response"] ?? reply["message"] ?? reply
    if let usage = holder["usage"] ?? reply["usage"] { read(usage) }
    if generatedTokens == nil { generatedTokens = Self.count(reply["timings"]?["predicted_n"]) }
    if let timings = reply["timings"], cachedTokens == nil {
      cachedTokens = Self.count(timings["cache_n"])
      if promptTokens == nil, let cached = cachedTokens,
        let computed = Self.count(timings["prompt_n"])
      {
        promptTokens = cached + computed
      }
    }
  }

  private mutating func read(_ usage: JSONNode) {
    generatedTokens =
      Self.count(usage["completion_tokens"]) ?? Self.count(usage["output_tokens"])
    let read = Self.count(usage["cache_read_input_tokens"])
    let written = Self.count(usage["cache_creation_input_tokens"])
    if read != nil || written != nil, let rest = Self.count(usage["input_tokens"]) {
      // Anthropic's input tokens are only those that no cache is about.
      promptTokens = rest + (read ?? 0) + (written ?? 0)
      cachedTokens = read ?? 0
      writtenTokens = written
      return
    }
    promptTokens = Self.count(usage["prompt_tokens"]) ?? Self.count(usage["input_tokens"])
    let details = usage["prompt_tokens_details"] ?? usage["input_tokens_details"]
    cachedTokens = Self.count(details?["cached_tokens"])
    writtenTokens = Self.count(details?["cache_write_tokens"])
  }

  /// Takes over what a later event says.
  mutating func update(_ later: ReportedUsage) {
    promptTokens = later.promptTokens ?? promptTokens
    cachedTokens = later.cachedTokens ?? cachedTokens
    writtenTokens = later.writtenTokens ?? writtenTokens
    generatedTokens = later.generatedTokens ?? generatedTokens
  }

  private static func count(_ node: JSONNode?) -> Int? {
    guard case .number(let number)? = node?.value, let count = number.integer, count >= 0,
      count < 1 << 40
    else { return nil }
    return count
  }
}
