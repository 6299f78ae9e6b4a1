internal import Bytes

/// The decoding steps of a vocabulary applied to tokens as they come.
///
/// What all calls return put together is what `DecodingStep.apply` makes of all texts at once, put together.
struct DecodingStream: Sendable {
  /// The steps before the texts become one: each looks at a text by itself.
  private let steps: [DecodingStep]
  /// The steps behind that, which look over the seams between texts.
  private var fusedSteps: [FusedStep]
  private var isFirst = true

  /// Takes the steps of a vocabulary.
  init(_ steps: [DecodingStep]) {
    let (separate, fused) = (steps.prefix { $0 != .fuse }, steps.drop { $0 != .fuse })
    self.steps = Array(separate)
    fusedSteps = fused.compactMap { FusedStep($0) }
  }

  /// Takes the text of the next token and returns what is certain of the result.
  mutating func append(_ text: [UInt8]) -> [UInt8] {
    var texts = [text]
    for step in steps { (isFirst ? step : step.behindTheFirst).apply(to: &texts) }
    isFirst = false
    return passed(Array(texts.joined()), from: 0)
  }

  /// Ends the text and returns the rest.
  mutating func finish() -> [UInt8] {
    var rest: [UInt8] = []
    for index in fusedSteps.indices {
      rest += passed(fusedSteps[index].finish(), from: index + 1)
    }
    isFirst = true
    return rest
  }

  private mutating func passed(_ text: [UInt8], from first: Int) -> [UInt8] {
    var text = text
    for index in fusedSteps.indices[first...] { text = fusedSteps[index].append(text) }
    return text
  }
}

extension DecodingStep {
  /// The step for texts behind the first.
  fileprivate var behindTheFirst: DecodingStep {
    if case .metaspace(let replacement, _) = self {
      .metaspace(replacement, dropsFirst: false)
    } else {
      self
    }
  }
}

/// A step over one text that comes in parts.
private struct FusedStep: Sendable {
  private enum Action: Sendable {
    case replace([UInt8], with: [UInt8])
    case strip([UInt8], start: Int, stop: Int)
  }

  private let action: Action
  /// How many copies may still be taken off the beginning.
  private var remaining: Int
  /// What more text may change.
  private var pending: [UInt8] = []

  /// Takes a step behind `fuse`; nil for another `fuse`, which has nothing to do.
  init?(_ step: DecodingStep) {
    switch step {
    case .fuse: return nil
    case .replace(let old, let new): action = .replace(old.bytes, with: new.bytes)
    case .metaspace(let old, let dropsFirst):
      // All is the first text.
      action = .replace(old.bytes, with: dropsFirst ? [] : [0x20])
    case .strip(let content, let start, let stop):
      action = .strip(content.bytes, start: start, stop: stop)
    }
    remaining = 0
    reset()
  }

  private mutating func reset() {
    pending = []
    if case .strip(_, let start, _) = action { remaining = start }
  }

  mutating func append(_ text: [UInt8]) -> [UInt8] {
    pending += text
    switch action {
    case .replace(let old, let new): return replaceAll(old, with: new)
    case .strip(let content, _, let stop):
      stripBeginning(content)
      guard remaining == 0 else { return [] }
      let (held, isTooLarge) = stop.multipliedReportingOverflow(by: content.count)
      let count = isTooLarge ? 0 : max(0, pending.count - held)
      defer { pending.removeFirst(count) }
      return Array(pending.prefix(count))
    }
  }

  mutating func finish() -> [UInt8] {
    defer { reset() }
    guard case .strip(let content, _, let stop) = action else { return pending }
    var texts = [pending]
    DecodingStep.strip(ByteString(content), start: remaining, stop: stop).apply(to: &texts)
    return Array(texts.joined())
  }

  /// Replaces the matches, and keeps an end that more text may make one.
  private mutating func replaceAll(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    while offset + old.count <= pending.count {
      if pending[offset...].starts(with: old) {
        result += new
        offset += old.count
      } else {
        result.append(pending[offset])
        offset += 1
      }
    }
    while offset < pending.count, !old.starts(with: pending[offset...]) {
      result.append(pending[offset])
      offset += 1
    }
    pending.removeFirst(offset)
    return result
  }

  private mutating func stripBeginning(_ content: [UInt8]) {
    while remaining > 0 {
      if pending.starts(with: content) {
        pending.removeFirst(content.count)
        remaining -= 1
      } else if content.starts(with: pending) {
        return
      } else {
        remaining = 0
      }
    }
  }
}
