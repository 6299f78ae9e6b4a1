import ArgumentParser
import Bytes
import ContextIndex
import PromptCompilation

/// The prompts that compiling requests in one order gives, as `cpc batch` does.
struct OrderedRequests: PromptSource {
  let path: String
  let requests: any BatchSource
  let order: RequestOrder
  let compiler: PromptCompiler

  var name: String { "\(path == "-" ? "<stdin>" : path), \(order.rawValue)" }

  func forEachPrompt(
    progress: (Double) -> Void, _ body: (SimulatedPrompt) throws(SimulationError) -> Void
  ) throws {
    var batch = BatchCompiler(compiler, order: order.batchOrder)
    var compiled = CompiledTokens()
    func send() throws {
      for tokens in compiled.takeAll() {
        do throws(SimulationError) {
          try body(SimulatedPrompt(tokens: tokens))
        } catch {
          throw CompilationError(file: name, message: error.description)
        }
      }
    }
    _ = try requests.forEachRequest(from: 0, progress: progress) { request in
      if case .failure(let error) = request.spec {
        throw BatchRequest.located(error, file: request.file, line: request.line)
      }
      try batch.add(request.spec, number: request.number, to: &compiled)
      try send()
    }
    try batch.finish(to: &compiled)
    try send()
  }
}

/// Keeps the tokens of prompts until they are taken.
private struct CompiledTokens: BatchReceiver {
  private var prompts: [[UInt32]] = []

  func wants(_ number: Int) -> Bool { true }

  mutating func receive(
    _ outcome: Result<BatchPrompt, CompilationError>, of number: Int
  ) throws(CompilationError) {
    prompts.append(try outcome.get().prompt.tokens)
  }

  mutating func takeAll() -> [[UInt32]] {
    defer { prompts = [] }
    return prompts
  }
}

extension RequestOrder {
  /// The same for the library.
  var batchOrder: BatchOrder {
    switch self {
    case .given: .given
    case .online: .online
    case .offline: .offline
    }
  }
}

/// Which requests a simulation compiles, and how.
struct SimulateOrderOptions: ParsableArguments {
  @Option(
    help: """
      Compile the files' specs, a line each, or the requests of a folder, in this order: given, online or \
      offline. May be given again; without it the files hold prompts.
      """)
  var order: [RequestOrder] = []

  @Option(help: "The model whose tokens are counted, with --order.")
  var model: String?

  @Option(help: ArgumentHelp("Take the best blocks of each request of a folder.", valueName: "k"))
  var top: Int?

  /// The sources of one input, one for each order.
  ///
  /// - Parameter cacheModel: what orders are chosen for; nil is that of the model's profile.
  func sources(_ path: String, for cacheModel: CacheModel?) throws -> [any PromptSource] {
    guard let model = model ?? Environment.value("CPC_MODEL") else {
      throw ValidationError("--order: give --model qwen3")
    }
    if path == "-", order.count > 1 {
      throw ValidationError("standard input can be read once only: give one --order")
    }
    let requests: any BatchSource =
      Files.isFolder(path)
      ? try BatchWorkload(folder: path, top: top) : BatchLines(path: path, base: nil)
    let compiler = PromptCompiler(
      model: try Model.named(ByteString(model)), cacheModel: cacheModel)
    return order.map {
      OrderedRequests(path: path, requests: requests, order: $0, compiler: compiler)
    }
  }
}
