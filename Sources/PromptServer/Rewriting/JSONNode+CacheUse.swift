internal import Bytes
internal import OrderedJSON

extension JSONNode {
  /// The members by which `readsCache` decides.
  static let cacheUseKeys: [ByteString] = [
    "cache_prompt", "prompt_logprobs", "echo", "logprobs", "top_logprobs",
  ]

  /// Whether an engine that gets this body uses what it has cached of the prompt.
  ///
  /// llama.cpp's server does not with `cache_prompt` false. vLLM does not for log probabilities of the prompt, since it
  /// has them only of what it computes; those are also what `echo` asks for, with `logprobs` of completions and, unless
  /// it is null, `top_logprobs` of chat completions. Either way the prompt is cached behind that.
  func readsCache(at endpoint: ProxiedEndpoint) -> Bool {
    if self["cache_prompt"]?.bool == false || isGiven("prompt_logprobs") { return false }
    guard isGiven("echo"), self["echo"]?.bool != false else { return true }
    return endpoint == .completions ? !isGiven("logprobs") : self["top_logprobs"]?.isNull ?? false
  }

  private func isGiven(_ key: ByteString) -> Bool { !(self[key]?.isNull ?? true) }
}
