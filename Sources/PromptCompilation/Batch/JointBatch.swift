internal import Bytes
internal import ContextIndex

/// Requests that are laid out together: all of a batch, or windows of those that wait.
struct JointBatch {
  private let compiler: PromptCompiler
  private let context: PassContext
  private let layout: Layout
  private var blocks = BlockNumbering()
  /// How many requests begin with each beginning, and its tokens, where they are known.
  private var heads: [Int: (requests: Int, tokens: UInt32?)] = [:]
  private var waiting: [Request] = []
  private var failures: [(number: Int, error: CompilationError)] = []
  /// One buffer for each different text of blocks.
  private var texts: Set<ByteString> = []

  /// What lays the requests out.
  enum Layout {
    case all(OfflineScheduler)
    case windows(WindowLine)
  }

  /// A request that is compiled up to the order of its blocks.
  private struct Request {
    let number: Int
    let compilation: Compilation
    let plainTokenCount: Int
    /// The number of what it begins with.
    let beginning: Int
    /// The numbers of its blocks, most important first.
    let blocks: [UInt32]
    /// The places of these in the spec's list.
    let places: [Int]
  }

  init(_ compiler: PromptCompiler, _ layout: Layout, at time: UInt64) {
    self.compiler = compiler
    self.layout = layout
    context = compiler.passContext(at: time)
  }

  /// Adds a request, or why there is none; sends those that wait if they make a window.
  mutating func add(
    _ spec: Result<Spec, CompilationError>, number: Int, to receiver: inout some BatchReceiver
  ) throws {
    do throws(CompilationError) {
      var spec = try spec.get()
      for index in spec.blocks.indices {
        spec.blocks[index].text = texts.insert(spec.blocks[index].text).memberAfterInsert
      }
      var compilation = try compiler.start(spec)
      try compiler.advance(&compilation, through: PromptCompiler.preparation, context)
      // The schedule is made of the blocks that fit; those that are kept are chosen again in the order
      // that it gives.
      let fitted = try compiler.fitted(compilation.prompt, context)
      let numbers = try blocks.numbers(of: fitted, context)
      heads[numbers.beginning, default: (0, nil)].requests += 1
      waiting.append(
        Request(
          number: number, compilation: compilation,
          plainTokenCount: try compiler.plainTokenCount(spec), beginning: numbers.beginning,
          blocks: numbers.blocks, places: numbers.places))
    } catch {
      failures.append((number, error))
    }
    guard case .windows(let line) = layout, waiting.count + failures.count >= line.size else {
      return
    }
    try send(to: &receiver)
    texts.removeAll(keepingCapacity: true)
  }

  /// Sends the requests that wait, and behind them those of which there is no prompt.
  mutating func send(to receiver: inout some BatchReceiver) throws {
    let schedule = schedule()
    for place in schedule.sequence {
      let request = waiting[place]
      guard try receiver.wants(request.number) else { continue }
      let order = Self.arrangement(schedule.orders[place], of: request.blocks)
      let arrangement = order.map { request.places[$0] }
      try receiver.receive(
        Result { () throws(CompilationError) in try complete(request, arrangement) },
        of: request.number)
    }
    for failure in failures where try receiver.wants(failure.number) {
      try receiver.receive(.failure(failure.error), of: failure.number)
    }
    waiting = []
    failures = []
  }

  /// The schedule of the requests that wait. Of a whole batch those that begin with the same text stand
  /// together.
  private mutating func schedule() -> Schedule {
    var batch = RequestBatch(tokens: blocks.tokens)
    for request in waiting { batch.append(request.blocks, head: headTokens(of: request)) }
    switch layout {
    case .windows(let line): return line.schedule(batch)
    case .all(let scheduler):
      var schedule = scheduler.schedule(batch)
      schedule.sequence = schedule.sequence.enumerated().sorted {
        (waiting[$0.element].beginning, $0.offset) < (waiting[$1.element].beginning, $1.offset)
      }.map(\.element)
      return schedule
    }
  }

  /// The tokens before the blocks of a request: where the cache model has pages and others begin alike, they
  /// are counted in a prompt.
  private mutating func headTokens(of request: Request) -> UInt32 {
    guard compiler.cacheModel.pageSize > 1, let head = heads[request.beginning],
      head.requests > 1
    else { return 0 }
    if let tokens = head.tokens { return tokens }
    var compilation = request.compilation
    compilation.prompt.arrangement = Array(request.blocks.indices)
    // What cannot be rendered fails again where its prompt is asked for.
    try? compiler.advance(&compilation, through: PromptCompiler.completion, context)
    let tokens = IndexedPrompt(compilation.prompt, in: context).headTokens ?? 0
    heads[request.beginning]?.tokens = tokens
    return tokens
  }

  private func complete(
    _ request: Request, _ arrangement: [Int]
  ) throws(CompilationError) -> BatchPrompt {
    var compilation = request.compilation
    compilation.prompt.arrangement = arrangement
    let prompt = try compiler.complete(&compilation, context)
    return BatchPrompt(
      number: request.number, prompt: prompt, plainTokenCount: request.plainTokenCount)
  }

  /// The places of a request's blocks in the order of a schedule, in which a block that the request has
  /// twice stands once.
  private static func arrangement(_ order: ArraySlice<UInt32>, of blocks: [UInt32]) -> [Int] {
    var places: [UInt32: [Int]] = [:]
    for (place, block) in blocks.enumerated() { places[block, default: []].append(place) }
    return order.flatMap { places[$0] ?? [] }
  }
}

/// The windows of a queue, one after another.
final class WindowLine {
  /// How many requests make a window.
  let size: Int
  private var scheduler: WindowScheduler

  init(size: Int, cacheTokens: Int, cacheModel: CacheModel) {
    self.size = size
    scheduler = WindowScheduler(cacheTokens: cacheTokens, cacheModel: cacheModel)
  }

  func schedule(_ window: RequestBatch) -> Schedule {
    scheduler.schedule(window)
  }
}
