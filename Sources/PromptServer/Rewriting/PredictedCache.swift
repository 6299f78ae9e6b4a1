internal import ContextIndex
internal import PromptCompilation
internal import Synchronization

/// What the cache behind the upstream should hold, by the prompts that were sent to it.
final class PredictedCache: Sendable {
  private let simulation: Mutex<CacheSimulation>

  /// How many tokens are kept track of if nothing else is said.
  private static let capacity = 1 << 18

  /// - Parameter tokens: how many tokens the cache holds; nil if that is not known.
  init(_ model: CacheModel, tokens: Int?) {
    simulation = Mutex(CacheSimulation(model, capacity: tokens ?? Self.capacity))
  }

  /// Takes a prompt for sent.
  ///
  /// - Returns: how many of its tokens the cache should have had.
  func send(_ tokens: [UInt32]) throws -> Int {
    try simulation.withLock { try $0.send(SimulatedPrompt(tokens: tokens)) }
  }
}

extension CacheModel {
  /// Whether all who send to an engine share its cache, as they do that of their own engine. A hosted service
  /// keeps one for each key. What a tenant is told does not depend on it: predictions are counted alone.
  var isSharedByTenants: Bool {
    switch self {
    case .radix, .paged, .llamaSlots: true
    case .breakpoints: false
    }
  }
}
