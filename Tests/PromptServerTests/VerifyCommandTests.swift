import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc verify` in front of engines that answer as a script says; `Scripts/engines` runs it in front of a real one.
@Suite struct VerifyCommandTests {
  private static let spec = #"{"cpc": 1, "query": "How are you?"}"#
  /// What compiling the spec gives.
  private static let text =
    "<|im_start|>user\nHow are you?<|im_end|>\n<|im_start|>assistant\n"
  private static let tokens = [
    151644, 872, 198, 4340, 525, 498, 30, 151645, 198, 151644, 77091, 198,
  ]

  /// An engine that knows some paths.
  private func engine(_ answers: [String: String]) throws -> ScriptedUpstream {
    try ScriptedUpstream { request, socket in
      let path = request.start.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      guard let answer = answers[path] else {
        socket.write("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        return
      }
      socket.write(ScriptedUpstream.json(answer))
    }
  }

  private func verify(_ engine: ScriptedUpstream, _ options: String...) throws -> CommandResult {
    try Command.run(
      ["verify", "-", "--model", "qwen3", "--url", engine.url + "/v1/"] + options,
      input: Self.spec)
  }

  private func llama(_ tokens: [Int]) throws -> ScriptedUpstream {
    let prompt = String(decoding: JSONWriter.write(.string(ByteString(Self.text))), as: UTF8.self)
    return try engine([
      "/props": #"{"chat_template": "x"}"#, "/apply-template": #"{"prompt": \#(prompt)}"#,
      "/tokenize": #"{"tokens": \#(tokens)}"#,
    ])
  }

  @Test func llamaServersAreAskedToRenderAndTokenize() throws {
    let engine = try llama(Self.tokens)
    let result = try verify(engine)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "the engine computes the same \(Self.tokens.count) tokens\n")
    let asked = engine.requests.last.map { $0.text } ?? ""
    #expect(asked.contains(#""parse_special":true"#) || asked.contains(#""parse_special": true"#))
  }

  @Test func theKeyIsSentAndAnotherEngineIsAskedAsItIsSaid() throws {
    let engine = try llama(Self.tokens)
    #expect(try verify(engine, "--key", "secret", "--engine", "llama.cpp").status == 0)
    #expect(engine.requests.allSatisfy { $0.value(of: "authorization") == "Bearer secret" })
    #expect(!engine.requests.contains { $0.start.contains("/props") })
  }

  @Test func aDifferenceIsAFindingWithItsCause() throws {
    let result = try verify(try llama([151643] + Self.tokens), "--format", "json")
    #expect(result.status == 1)
    let report = try JSONParser.parse(Array(result.output.utf8))
    #expect(report["cause"]?.string == "beginning")
    #expect(report["equal"]?.bool == false)
  }

  @Test func vllmIsAskedWhatItRendersOrElseTokenizes() throws {
    let common = [
      "/version": #"{"version": "0.32.0"}"#, "/v1/models": #"{"data": [{"id": "served"}]}"#,
    ]
    for (path, key) in [("/v1/chat/completions/render", "token_ids"), ("/tokenize", "tokens")] {
      let engine = try engine(common.merging([path: #"{"\#(key)": \#(Self.tokens)}"#]) { $1 })
      #expect(try verify(engine).status == 0)
      #expect(engine.requests.last?.text.contains(#""served""#) == true)
    }
  }

  @Test func whatIsNoEngineIsAnError() throws {
    let nothing = try verify(try engine([:]))
    #expect(nothing.status == 2)
    #expect(nothing.errors.contains("--engine"))
    let empty = try verify(try engine(["/apply-template": "{}"]), "--engine", "llama.cpp")
    #expect(empty.status == 2)
    #expect(empty.errors.contains(#"without "prompt""#))
  }
}
