internal import Bytes
internal import ContextIndex

/// Requests that are laid out together: those that begin with the same text are clustered by their blocks.
struct OfflineBatch {
  private let compiler: PromptCompiler
  private let context: PassContext
  private var requests: [Request] = []
  private var groups: [Group] = []
  private var groupNumbers: [Beginning: Int] = [:]
  private var failures: [(number: Int, error: CompilationError)] = []
  /// One buffer for each different text of blocks.
  private var texts: Set<ByteString> = []

  /// A request that is compiled up to the order of its blocks.
  private struct Request {
    let number: Int
    let compilation: Compilation
    let plainTokenCount: Int
  }

  /// Requests of one key that begin with the same text.
  private struct Group {
    var requests: [Int] = []
    /// For each request the numbers of its blocks, most important first.
    var blocks: [[UInt32]] = []
    var numbers: [BlockFingerprint: UInt32] = [:]
    var tokens: [UInt32] = []
  }

  private struct Beginning: Hashable {
    let key: IndexKey
    let head: BlockFingerprint
  }

  init(_ compiler: PromptCompiler) {
    self.compiler = compiler
    context = compiler.passContext()
  }

  /// Adds a request, or why there is none.
  mutating func add(_ spec: Result<Spec, CompilationError>, number: Int) {
    do throws(CompilationError) {
      var spec = try spec.get()
      for index in spec.blocks.indices {
        spec.blocks[index].text = texts.insert(spec.blocks[index].text).memberAfterInsert
      }
      var compilation = try compiler.start(spec)
      try compiler.advance(&compilation, through: PromptCompiler.preparation, context)
      try group(compilation.prompt)
      requests.append(
        Request(
          number: number, compilation: compilation,
          plainTokenCount: try compiler.plainTokenCount(spec)))
    } catch {
      failures.append((number, error))
    }
  }

  private mutating func group(_ prompt: PromptRepresentation) throws(CompilationError) {
    let shown = prompt.blocks.filter { $0.referent == nil }
    let indexed = IndexedPrompt(prompt, in: context)
    let ranked = OrderPass.free(shown).sorted(by: BlockKey(.importance).precedes)
    let request = indexed.request(ranked)
    let beginning = Beginning(key: indexed.key, head: request.head.fingerprint)
    let place = groupNumbers[beginning] ?? groups.count
    if place == groups.count {
      groupNumbers[beginning] = place
      groups.append(Group())
    }
    var blocks: [UInt32] = []
    for (block, known) in zip(ranked, request.blocks) {
      let number = groups[place].numbers[known.fingerprint] ?? UInt32(groups[place].tokens.count)
      if Int(number) == groups[place].tokens.count {
        groups[place].tokens.append(UInt32(try context.tokenCount(of: block)))
        groups[place].numbers[known.fingerprint] = number
      }
      blocks.append(number)
    }
    groups[place].requests.append(requests.count)
    groups[place].blocks.append(blocks)
    if let index = context.index {
      for block in shown {
        index.record(label: block.label, of: IndexedPrompt.content(of: block), for: indexed.key)
      }
    }
  }

  /// Sends the requests: one group after another; behind them those of which there is no prompt.
  func send(to receiver: inout some BatchReceiver) throws {
    for group in groups {
      var batch = RequestBatch(tokens: group.tokens)
      for blocks in group.blocks { batch.append(blocks) }
      let schedule = OfflineScheduler().schedule(batch)
      for place in schedule.sequence {
        let request = requests[group.requests[place]]
        guard try receiver.wants(request.number) else { continue }
        let arrangement = Self.arrangement(schedule.orders[place], of: group.blocks[place])
        try receiver.receive(
          Result { () throws(CompilationError) in try complete(request, arrangement) },
          of: request.number)
      }
    }
    for failure in failures where try receiver.wants(failure.number) {
      try receiver.receive(.failure(failure.error), of: failure.number)
    }
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
