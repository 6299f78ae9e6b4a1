/// Which requests are recorded.
public struct TraceSampling: Hashable, Sendable {
  /// The share of the requests that is recorded, from 0 to 1, chosen by the names of their traces.
  public var ratio = 1.0
  /// Whether a caller who names a trace decides in place of that.
  public var heedsCaller = true

  /// All requests, but those whose callers decide.
  public init() {}

  /// Reads the name of a sampler of OpenTelemetry's; nil if it is none that is known.
  ///
  /// - Parameters:
  ///   - name: `parentbased_traceidratio`, `always_on`, ...
  ///   - argument: what `OTEL_TRACES_SAMPLER_ARG` says; the share, or nil for all.
  init?(sampler name: String, argument: String?) {
    let prefix = "parentbased_"
    heedsCaller = name.hasPrefix(prefix)
    switch heedsCaller ? name.dropFirst(prefix.count) : name[...] {
    case "always_on": ratio = 1
    case "always_off": ratio = 0
    case "traceidratio":
      guard let argument, !argument.isEmpty else { return }
      guard let ratio = Double(argument), (0...1).contains(ratio) else { return nil }
      self.ratio = ratio
    default: return nil
    }
  }

  /// Whether a request is recorded.
  ///
  /// - Parameters:
  ///   - context: its place in its trace.
  ///   - isRoot: whether its trace begins here.
  func includes(_ context: TraceContext, isRoot: Bool) -> Bool {
    if heedsCaller, !isRoot { return context.isSampled }
    // By the threshold of OpenTelemetry's consistent sampling.
    guard ratio > 0 else { return false }
    return context.randomness >= UInt64(max(1 - ratio, 0) * 0x1p56)
  }
}
