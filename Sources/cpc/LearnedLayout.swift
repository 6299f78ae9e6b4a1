import Bytes
import ContextIndex
import PromptCompilation
import Synchronization

/// Lays out the requests of a log as if all were known.
struct LearnedLayout {
  /// A request with the labels of what it shows.
  struct LoggedRequest {
    var request: ContextRequest
    /// What may change its order; nil if its order is fixed.
    var bounds: ImportanceGuard?
    /// The labels of its contents, and of its blocks in their frames.
    var contents: [(ByteString, BlockFingerprint)]
    var labels: [(ByteString, BlockFingerprint)]
  }

  private let compiler: PromptCompiler
  private let index: ContextIndex
  private let journal = Journal()

  /// Keeps what the compiler records.
  private final class Journal: IndexJournal {
    let changes: Mutex<[IndexChange]> = Mutex([])

    func append(_ change: IndexChange) {
      changes.withLock { $0.append(change) }
    }
  }

  /// Makes a layout for a model.
  init(model: Model, rendering: RenderSettings) {
    index = ContextIndex(journal: journal)
    compiler = PromptCompiler(model: model, index: index, rendering: rendering)
  }

  /// Returns the requests as an index sees them, the blocks in the order of importance where it is free.
  func requests(of specs: [Spec]) throws(CompilationError) -> [LoggedRequest] {
    var requests: [LoggedRequest] = []
    for spec in specs {
      journal.changes.withLock { $0 = [] }
      let prompt = try compiler.compile(spec)
      let changes = journal.changes.withLock { $0 }
      var sent: ContextRequest?
      var contents: [(ByteString, BlockFingerprint)] = []
      for change in changes {
        switch change {
        case .sent(let request): sent = request.request
        case .labelled(let label, let content, _): contents.append((label, content))
        default: break
        }
      }
      guard let sent else { continue }
      let labels = prompt.seal.sections.filter { $0.kind == .block }.compactMap { section in
        section.label.map { ($0, BlockFingerprint(of: Array(prompt.text(of: section)))) }
      }
      requests.append(
        LoggedRequest(
          request: sent,
          bounds: spec.policy.order == .cached ? spec.policy.effectiveGuard : nil,
          contents: contents, labels: labels))
      // The next one is to stand in its own order. The labels stay.
      index.evict(usedBefore: .max, of: sent.key)
    }
    return requests
  }

  /// Returns the requests in the sequence in which to send them, their blocks as they would stand.
  func arranged(_ requests: [LoggedRequest]) -> [LoggedRequest] {
    var groups: [Beginning: [Int]] = [:]
    var beginnings: [Beginning] = []
    for (place, request) in requests.enumerated() {
      let beginning = Beginning(key: request.request.key, head: request.request.head.fingerprint)
      if groups[beginning] == nil { beginnings.append(beginning) }
      groups[beginning, default: []].append(place)
    }
    return beginnings.flatMap { beginning in
      Self.scheduled((groups[beginning] ?? []).map { requests[$0] })
    }
  }

  /// The different requests, in the order in which they come first, and how often each comes.
  static func counted(_ requests: [ContextRequest]) -> [(request: ContextRequest, count: Int)] {
    var places: [[BlockFingerprint]: Int] = [:]
    var counted: [(request: ContextRequest, count: Int)] = []
    for request in requests {
      let name = BlockFingerprint(of: request.key.tenant.bytes + [0] + request.key.model.bytes)
      let identity = [name, request.head.fingerprint] + request.blocks.map(\.fingerprint)
      if let place = places[identity] {
        counted[place].count += 1
      } else {
        places[identity] = counted.count
        counted.append((request, 1))
      }
    }
    return counted
  }

  /// What requests have to have in common to share anything.
  private struct Beginning: Hashable {
    var key: IndexKey
    var head: BlockFingerprint
  }

  private static func scheduled(_ requests: [LoggedRequest]) -> [LoggedRequest] {
    var numbers: [BlockFingerprint: UInt32] = [:]
    var blocks: [IndexedBlock] = []
    for request in requests {
      for block in request.request.blocks where numbers[block.fingerprint] == nil {
        numbers[block.fingerprint] = UInt32(blocks.count)
        blocks.append(block)
      }
    }
    var batch = RequestBatch(tokens: blocks.map(\.tokens))
    for request in requests {
      batch.append(request.request.blocks.compactMap { numbers[$0.fingerprint] })
    }
    let schedule = OfflineScheduler().schedule(batch)
    return schedule.sequence.map { number in
      var request = requests[number]
      guard let bounds = request.bounds else { return request }
      let importance = batch.requests[number]
      var ranks: [UInt32: Int] = [:]
      for (rank, block) in importance.enumerated() { ranks[block] = rank }
      let order = bounds.applied(to: schedule.orders[number].compactMap { ranks[$0] })
      let ranked = Array(importance)
      request.request.blocks = order.map { blocks[Int(ranked[$0])] }
      return request
    }
  }
}
