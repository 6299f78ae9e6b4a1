/// Bodies with a prompt, and replies with usage.
enum Bodies {
  /// A body for chat completions with blocks of these names.
  static func blocks(_ ids: [String], query: String = "Where?") -> String {
    let texts = ids.map { "{\"id\":\"\($0)\",\"text\":\"\(text($0))\"}" }
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"\(query)\"}],"
      + "\"cpc\":{\"blocks\":[\(texts.joined(separator: ","))]}}"
  }

  /// A text of some 100 tokens that begins with a name.
  static func text(_ id: String) -> String {
    "The \(id) has " + (0..<20).map { "door \($0) to the \(id)" }.joined(separator: ", ") + "."
  }

  /// The blocks of a prompt as it was sent, in their order.
  static func order(_ message: RawMessage) -> [String] {
    message.text.split(separator: "<doc id=\\\"").dropFirst().compactMap { part in
      part.split(separator: "\\\"").first.map(String.init)
    }
  }

  /// A body for chat completions with messages of the user's and the model's in turns.
  static func chat(_ messages: [String]) -> String {
    let all = messages.enumerated().map { place, text in
      "{\"role\":\"\(place % 2 == 0 ? "user" : "assistant")\",\"content\":\"\(text)\"}"
    }
    return "{\"messages\":[\(all.joined(separator: ","))]}"
  }

  /// A reply that says what it used.
  static func reply(
    _ content: String = "Here.", prompt: Int, cached: Int, generated: Int = 1,
    finish: String = "stop"
  ) -> String {
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"\(content)\"},"
      + "\"finish_reason\":\"\(finish)\"}],\"usage\":{\"prompt_tokens\":\(prompt),"
      + "\"completion_tokens\":\(generated),\"prompt_tokens_details\":{\"cached_tokens\":\(cached)}}}"
  }
}
