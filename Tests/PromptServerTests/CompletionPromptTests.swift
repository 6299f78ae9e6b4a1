import PromptCompilation
import PromptServer
import Testing

/// Prompts of `/v1/completions` are counted and predicted as the engine reads them: no chat template is for them.
@Suite struct CompletionPromptTests {
  private static let text = Bodies.text("kitchen")

  private static func ids(_ text: String, _ model: String, first: [UInt32] = []) throws -> [UInt32]
  {
    try first + Model.tokenizer(named: .init(model)).encode(Array(text.utf8))
  }

  /// Sends a body and returns the tokens that were counted, and how many of them were predicted to be cached.
  private func count(_ server: RunningServer, _ body: String) async throws -> (Int, Int) {
    let metrics = server.server.metrics
    let before = metrics.value(of: .promptTokens, "predicted")
    let cached = metrics.value(of: .cachedTokens, "predicted")
    let reply = try await server.send("POST /v1/completions", body: Array(body.utf8))
    #expect(reply.status == 200)
    #expect(
      try await server.eventually { metrics.value(of: .promptTokens, "predicted") > before })
    return (
      metrics.value(of: .promptTokens, "predicted") - before,
      metrics.value(of: .cachedTokens, "predicted") - cached
    )
  }

  @Test(
    arguments: [
      ("qwen3", 0, ""), ("deepseek-v3.1", 1, ""), ("mistral-nemo", 1, ""), ("gpt-oss", 0, ""),
      ("deepseek-v3.1", 0, ",\"add_special_tokens\":false"),
    ])
  func aTextHasInFrontWhatTheTokenizerAdds(model: String, added: Int, more: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let expected = try Self.ids(Self.text, model).count + added
    try await withServer(upstream, [.model: model, .cacheModel: "radix"]) { server in
      let body = "{\"prompt\":\"\(Self.text)\"\(more)}"
      let first = try await count(server, body)
      #expect(first == (expected, 0))
      let second = try await count(server, body)
      #expect(second == (expected, expected - 1))
    }
  }

  @Test func tokensAreTakenAsTheyAre() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let ids = try Self.ids(Self.text, "deepseek-v3.1", first: [0])
    try await withServer(upstream, [.model: "deepseek-v3.1", .cacheModel: "radix"]) { server in
      _ = try await count(server, "{\"prompt\":[\"\(Self.text)\"]}")
      let same = try await count(server, "{\"prompt\":\(ids)}")
      #expect(same == (ids.count, ids.count - 1))
      let nested = try await count(server, "{\"prompt\":[\(ids + [7])]}")
      #expect(nested == (ids.count + 1, ids.count))
    }
  }

  @Test func specialTokensOfATextAreRead() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let text =
      "<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n"
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      let counted = try await count(server, "{\"prompt\":\"\(text)\"}")
      #expect(counted == (13, 0))
      // A conversation that the template makes the same of finds it.
      let metrics = server.server.metrics
      _ = try await server.chat(
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
          + "\"chat_template_kwargs\":{\"enable_thinking\":false}}")
      #expect(try await server.eventually { metrics.value(of: .cachedTokens, "predicted") == 12 })
    }
  }

  @Test func ofSeveralPromptsTheTokensAreCounted() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let count = try Self.ids(Self.text, "qwen3").count
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      let texts = "{\"prompt\":[\"\(Self.text)\",\"\(Self.text)\"]}"
      let both = try await self.count(server, texts)
      #expect(both == (2 * count, 0))
      let lists = try await self.count(server, "{\"prompt\":[[1,2],[1,2,3]]}")
      #expect(lists == (5, 0))
      // What is cached of them is not followed.
      let one = try await self.count(server, "{\"prompt\":\"\(Self.text)\"}")
      #expect(one == (count, 0))
    }
  }

  @Test func whatStaysBehindThePromptIsFound() async throws {
    let answer = " It is in the garden, behind the house, next to the wall."
    let (prompt, generated) = (
      try Self.ids(Self.text, "qwen3").count, try Self.ids(answer, "qwen3").count
    )
    let upstream = try ScriptedUpstream(
      json: "{\"choices\":[{\"index\":0,\"text\":\"\(answer)\",\"finish_reason\":\"length\"}],"
        + "\"usage\":{\"prompt_tokens\":\(prompt),\"completion_tokens\":\(generated)}}")
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      _ = try await count(server, "{\"prompt\":\"\(Self.text)\"}")
      let next = try await count(server, "{\"prompt\":\"\(Self.text)\(answer) Why?\"}")
      #expect(next.1 == prompt + generated - 1)
    }
  }

  @Test func theReplyCorrectsWhatIsBelieved() async throws {
    let tokens = try Self.ids(Self.text, "qwen3").count
    let upstream = try ScriptedUpstream(json: Bodies.reply(prompt: tokens, cached: 0))
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      _ = try await count(server, "{\"prompt\":\"\(Self.text)\"}")
      _ = try await count(server, "{\"prompt\":\"\(Self.text)\"}")
      #expect(
        try await server.eventually {
          server.server.metrics.value(of: .corrections, "cache") == 1
        })
    }
  }

  @Test(
    arguments: [
      (",\"echo\":true,\"logprobs\":1", 0), (",\"prompt_logprobs\":0", 0),
      (",\"cache_prompt\":false", 0), (",\"echo\":true,\"logprobs\":null", 1),
      (",\"echo\":false,\"logprobs\":1,\"prompt_logprobs\":null,\"cache_prompt\":true", 1),
    ])
  func whatIsNotLookedUpIsNotPredictedAndStays(more: String, found: Int) async throws {
    let tokens = try Self.ids(Self.text, "qwen3").count
    for cacheModel in ["radix", "llama-slots:1"] {
      let upstream = try ScriptedUpstream(
        json: Bodies.reply(prompt: tokens, cached: found * (tokens - 1)))
      try await withServer(upstream, [.model: "qwen3", .cacheModel: cacheModel]) { server in
        _ = try await count(server, "{\"prompt\":\"\(Self.text)\"\(more)}")
        let second = try await count(server, "{\"prompt\":\"\(Self.text)\"\(more)}")
        #expect(second == (tokens, found * (tokens - 1)))
        let plain = try await count(server, "{\"prompt\":\"\(Self.text) Why?\"}")
        #expect(plain.1 > tokens - 3)
        // The replies to the first two were learned from before the third was counted.
        #expect(server.server.metrics.value(of: .corrections, "cache") == 0)
      }
    }
  }

  @Test(
    arguments: [
      (",\"prompt_logprobs\":1", false), (",\"echo\":true", false),
      (",\"echo\":true,\"top_logprobs\":null", true), (",\"logprobs\":true", true),
    ])
  func conversationsAreNotLookedUpEither(more: String, isFound: Bool) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      let metrics = server.server.metrics
      let body = Bodies.chat(["Hello"]).dropLast() + "\(more)}"
      for _ in 0..<2 {
        let before = metrics.value(of: .promptTokens, "predicted")
        _ = try await server.chat(String(body))
        #expect(
          try await server.eventually { metrics.value(of: .promptTokens, "predicted") > before })
      }
      #expect((metrics.value(of: .cachedTokens, "predicted") > 0) == isFound)
    }
  }

  @Test(
    arguments: [
      "{}", "{\"prompt\":null}", "{\"prompt\":\"\"}", "{\"prompt\":[]}", "{\"prompt\":[[]]}",
      "{\"prompt\":[1,\"a\"]}", "{\"prompt\":[\"a\",1]}", "{\"prompt\":[-1]}", "{\"prompt\":[1.5]}",
      "{\"prompt\":[4294967296]}", "{\"prompt\":{\"prompt_string\":\"a\"}}",
      "{\"prompt\":\"a\",\"suffix\":\"b\"}", "{\"prompt\":\"a\",\"truncate_prompt_tokens\":3}",
      "{\"prompt\":\"a\",\"prompt_embeds\":\"b\"}", "not JSON", "[]",
      "{\"prompt\":\"a\",\"add_special_tokens\":\"false\"}",
    ])
  func whatIsNotKnownIsNotCounted(body: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      _ = try await server.send("POST /v1/completions", body: Array(body.utf8))
      // One prompt is counted after another.
      let known = try await count(server, "{\"prompt\":[1,2,3],\"suffix\":null}")
      #expect(known == (3, 0))
    }
    #expect(upstream.requests.first?.text == body)
  }
}
