import ArgumentParser
import Bytes
import OrderedJSON

/// A running engine that is asked what it makes of a request.
struct EngineConnection {
  /// The engines whose endpoints are known.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case llamaCpp = "llama.cpp"
    case vllm
  }

  /// What an engine makes of a request.
  struct Prompt {
    /// The tokens that it computes.
    var tokens: [UInt32]
    /// The text that it renders; nil if it does not tell.
    var text: [UInt8]?
  }

  let kind: Kind
  private let http: EngineHTTP

  /// Connects to an engine.
  ///
  /// - Parameter kind: nil to find it out by its endpoints.
  /// - Throws: `EngineError` if there is no answer, or it is that of no engine that is known.
  init(_ http: EngineHTTP, kind: Kind?) async throws(EngineError) {
    self.http = http
    if let kind {
      self.kind = kind
    } else {
      self.kind = try await Self.kind(http)
    }
  }

  /// Asks what the engine makes of a body of `/v1/chat/completions`.
  ///
  /// - Throws: `EngineError`.
  func prompt(of body: [UInt8]) async throws(EngineError) -> Prompt {
    switch kind {
    case .llamaCpp: try await llamaPrompt(of: body)
    case .vllm: try await vllmPrompt(of: body)
    }
  }

  private static func kind(_ http: EngineHTTP) async throws(EngineError) -> Kind {
    do throws(EngineError) {
      if try await http.send("/props")["chat_template"] != nil { return .llamaCpp }
    } catch  where error.status == nil {
      throw error
    } catch {}
    do throws(EngineError) {
      if try await http.send("/version")["version"] != nil { return .vllm }
    } catch  where error.status == nil {
      throw error
    } catch {}
    throw EngineError(
      url: http.base,
      message: "is no server of llama.cpp or vLLM that can be told: give --engine")
  }

  private func llamaPrompt(of body: [UInt8]) async throws(EngineError) -> Prompt {
    let rendered = try await http.send("/apply-template", body)
    guard let text = rendered["prompt"]?.string else {
      throw unexpected("/apply-template", "prompt")
    }
    // As its chat endpoint cuts what it renders.
    let request: JSONValue = .object([
      "content": .string(text), "add_special": .bool(true), "parse_special": .bool(true),
    ])
    let answer = try await http.send("/tokenize", JSONWriter.write(request))
    return Prompt(tokens: try tokens(answer, "tokens", of: "/tokenize"), text: text.bytes)
  }

  private func vllmPrompt(of body: [UInt8]) async throws(EngineError) -> Prompt {
    let named = try await withServedModel(body)
    let path = "/v1/chat/completions/render"
    do throws(EngineError) {
      let answer = try await http.send(path, named)
      return Prompt(
        tokens: try tokens(answer, "token_ids", of: path), text: answer["prompt"]?.string?.bytes)
    } catch  where error.status == 404 {
      // A server that renders for no other one still tokenizes conversations.
      let answer = try await http.send("/tokenize", named)
      return Prompt(tokens: try tokens(answer, "tokens", of: "/tokenize"), text: nil)
    }
  }

  /// A body that names the model that is served.
  private func withServedModel(_ body: [UInt8]) async throws(EngineError) -> [UInt8] {
    let models = try await http.send("/v1/models")
    guard let name = models["data"]?.elements?.first?["id"]?.string else {
      throw unexpected("/v1/models", "data[0].id")
    }
    guard let members = (try? JSONParser.parse(body))?.members else { return body }
    let others = members.filter { $0.key != "model" }
    return JSONWriter.write(.object([JSONMember("model", JSONNode(.string(name)))] + others))
  }

  private func tokens(
    _ answer: JSONNode, _ key: ByteString, of path: String
  ) throws(EngineError) -> [UInt32] {
    guard let list = answer[key]?.elements, !list.isEmpty else { throw unexpected(path, key) }
    var tokens: [UInt32] = []
    tokens.reserveCapacity(list.count)
    for node in list {
      guard case .number(let number) = node.value,
        let id = number.integer.flatMap(UInt32.init(exactly:))
      else { throw unexpected(path, key) }
      tokens.append(id)
    }
    return tokens
  }

  private func unexpected(_ path: String, _ key: ByteString) -> EngineError {
    EngineError(
      url: http.base + path,
      message: "answers without \"\(key)\" as it should be: is it \(kind.rawValue)?")
  }
}
