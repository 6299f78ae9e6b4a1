internal import Bytes
internal import TextProcessing

/// Changes text by the steps of a vocabulary, one after the other.
struct TextRewriter: Sendable {
  private let steps: [Step]

  private enum Step: Sendable {
    case plain(TextRewriting)
    case replace(Pattern, with: [UInt8])
  }

  /// Makes ready the steps; nil if there are none.
  init?(_ rewritings: [TextRewriting]) throws(PatternError) {
    guard !rewritings.isEmpty else { return nil }
    var steps: [Step] = []
    for rewriting in rewritings {
      if case .replace(.pattern, let content) = rewriting,
        case .replace(let match, _) = rewriting
      {
        steps.append(.replace(try Pattern(match.translated), with: content.bytes))
      } else {
        steps.append(.plain(rewriting))
      }
    }
    self.steps = steps
  }

  /// Returns what the steps make of `text`.
  ///
  /// - Parameters:
  ///   - text: well-formed UTF-8.
  ///   - isAtStart: whether nothing stands before it.
  ///   - recordingEnds: whether the places in `text` are wanted.
  /// - Throws: `TokenizerError.engine` if ICU or PCRE2 gives up.
  /// - Complexity: linear for each step, but for regular expressions.
  func rewritten(
    _ text: UnsafeRawBufferPointer, isAtStart: Bool, recordingEnds: Bool
  ) throws(TokenizerError) -> AlignedText {
    var result = AlignedText(text, recordingEnds: recordingEnds)
    for step in steps {
      do {
        switch step {
        case .plain(let rewriting): try Self.apply(rewriting, to: &result, isAtStart: isAtStart)
        case .replace(let pattern, let content):
          try Self.replace(try PatternMatcher(pattern), with: content, in: &result)
        }
      } catch {
        throw .engine(message: "\(error)")
      }
    }
    return result
  }

  /// Appends to `buffer` the tokens that `body` makes of the changed text, with their ends in the
  /// text as it was, counted from `base`.
  func encode(
    _ text: UnsafeRawBufferPointer, base: Int, isAtStart: Bool, into buffer: inout TokenBuffer,
    _ body: (UnsafeRawBufferPointer, inout TokenBuffer) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    let changed = try rewritten(
      text, isAtStart: isAtStart, recordingEnds: buffer.recordsEnds)
    let first = buffer.count
    try changed.bytes.withRawBytes { bytes throws(TokenizerError) in try body(bytes, &buffer) }
    buffer.mapEnds(from: first) { base + changed.originalOffset($0) }
  }
}

// MARK: - Steps

extension TextRewriter {
  private static func apply(
    _ rewriting: TextRewriting, to text: inout AlignedText, isAtStart: Bool
  ) throws {
    switch rewriting {
    case .form(let form): try normalize(&text, form)
    case .lowercase: lowercase(&text)
    case .strip(let left, let right): strip(&text, left: left, right: right)
    case .prepend(let prefix):
      if !text.bytes.isEmpty { prepend(prefix.bytes, to: &text) }
    case .prefix(let prefix, let onlyAtStart):
      if isAtStart || !onlyAtStart, !text.bytes.starts(with: prefix.bytes) {
        prepend(prefix.bytes, to: &text)
      }
    case .replace(.text(let old), let new): replace(old.bytes, with: new.bytes, in: &text)
    case .replace(.pattern, _): break  // `Step.replace` stands for it.
    }
  }

  private static func prepend(_ prefix: [UInt8], to text: inout AlignedText) {
    var result = AlignedText(emptyFrom: text)
    result.append(prefix, endingAt: 0)
    result.append(text, 0..<text.bytes.count)
    text = result
  }

  private static func replace(_ old: [UInt8], with new: [UInt8], in text: inout AlignedText) {
    guard let first = old.first else { return }
    let bytes = text.bytes
    var result = AlignedText(emptyFrom: text)
    var copied = 0
    var index = 0
    while index + old.count <= bytes.count {
      guard bytes[index] == first, bytes[index..<(index + old.count)].elementsEqual(old) else {
        index += 1
        continue
      }
      result.append(text, copied..<index)
      index += old.count
      result.append(new, endingAt: text.originalOffset(index))
      copied = index
    }
    guard copied > 0 else { return }
    result.append(text, copied..<bytes.count)
    text = result
  }

  private static func replace(
    _ matcher: PatternMatcher, with new: [UInt8], in text: inout AlignedText
  ) throws {
    var result = AlignedText(emptyFrom: text)
    var copied = 0
    try text.bytes.withRawBytes { bytes in
      while let match = try matcher.firstMatch(in: bytes, from: copied) {
        result.append(text, copied..<match.start)
        result.append(new, endingAt: text.originalOffset(match.end))
        copied = match.end
      }
    }
    guard copied > 0 else { return }
    result.append(text, copied..<text.bytes.count)
    text = result
  }

  private static func lowercase(_ text: inout AlignedText) {
    var result = AlignedText(emptyFrom: text)
    forEachScalar(of: text) { scalar, range in
      let mapping = scalar.properties.lowercaseMapping
      if mapping.unicodeScalars.elementsEqual(CollectionOfOne(scalar)) {
        result.append(text, range)
      } else {
        result.append(Array(mapping.utf8), endingAt: text.originalOffset(range.upperBound))
      }
    }
    text = result
  }

  private static func strip(_ text: inout AlignedText, left: Bool, right: Bool) {
    var kept: Range<Int>?
    forEachScalar(of: text) { scalar, range in
      if !scalar.properties.isWhitespace {
        kept = (kept?.lowerBound ?? range.lowerBound)..<range.upperBound
      }
    }
    guard left || right else { return }
    var result = AlignedText(emptyFrom: text)
    if let kept {
      result.append(
        text,
        (left ? kept.lowerBound : 0)..<(right ? kept.upperBound : text.bytes.count))
    }
    text = result
  }

  /// Text between boundaries of the form is normalised part by part where places are wanted, so that
  /// what does not change keeps them.
  private static func normalize(_ text: inout AlignedText, _ form: NormalizationForm) throws {
    let whole = try text.bytes.withRawBytes { try form.normalized($0) }
    guard let whole else { return }
    var result = AlignedText(emptyFrom: text)
    guard text.recordsEnds else {
      result.append(whole, endingAt: 0)
      text = result
      return
    }
    var starts: [Int] = []
    forEachScalar(of: text) { scalar, range in
      if range.lowerBound == 0 || Normalizer.hasBoundary(before: scalar) {
        starts.append(range.lowerBound)
      }
    }
    starts.append(text.bytes.count)
    for (start, end) in zip(starts, starts.dropFirst()) {
      let part = Array(text.bytes[start..<end])
      if let changed = try part.withRawBytes({ try form.normalized($0) }) {
        result.append(changed, endingAt: text.originalOffset(end))
      } else {
        result.append(text, start..<end)
      }
    }
    text = result
  }

  private static func forEachScalar(
    of text: AlignedText, _ body: (Unicode.Scalar, Range<Int>) -> Void
  ) {
    var decoder = UTF8()
    var iterator = text.bytes.makeIterator()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      let end = offset + UTF8.width(scalar)
      body(scalar, offset..<end)
      offset = end
    }
  }
}
