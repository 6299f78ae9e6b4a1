internal import Bytes
internal import OrderedJSON
internal import TextProcessing

extension TokenizerJSONReader {
  func readNormalizers(
    into configuration: inout VocabularyConfiguration
  ) throws(VocabularyError) {
    var steps: [TextRewriting] = []
    for (field, node) in try sequence("normalizer", elements: "normalizers") {
      let kind = kind(of: node)
      guard kind != "Prefix", let step = TextRewriting(node) else { throw unsupported(field, kind) }
      steps.append(step)
    }
    if steps == [.form(.nfc)] {
      configuration.normalization = .nfc
    } else {
      configuration.normalizers = steps
    }
  }

  /// Reads the pre-tokenizers, which change the text, split it, or say that the vocabulary is one of
  /// bytes.
  ///
  /// - Returns: whether it is.
  func readPreTokenizers(
    into configuration: inout VocabularyConfiguration
  ) throws(VocabularyError) -> Bool {
    let steps = try sequence("pre_tokenizer", elements: "pretokenizers")
    var splits: [SplitStep] = []
    var isByteLevel = false
    for (index, (field, node)) in steps.enumerated() {
      guard !isByteLevel else { throw unsupported(field, "\(kind(of: node)) behind ByteLevel") }
      switch kind(of: node) {
      case "ByteLevel":
        isByteLevel = true
        guard case .bool(let addsPrefix)? = node["add_prefix_space"]?.value else {
          throw missing("\(field).add_prefix_space")
        }
        if addsPrefix {
          guard index == 0 else {
            throw unsupported("\(field).add_prefix_space", "true behind other pre-tokenizers")
          }
          configuration.rewritings = [.prefix(" ", onlyAtStart: false)]
        }
        if case .bool(false)? = node["use_regex"]?.value { break }
        splits += SplitFamily.gpt2.patterns.map { SplitStep(.pattern($0), .isolated) }
      case "Metaspace":
        guard index == 0 else { throw unsupported(field, "Metaspace behind other pre-tokenizers") }
        splits += try readMetaspace(node, field, into: &configuration)
      case "BertPreTokenizer":
        splits.append(SplitStep(.pattern(#"\s"#), .removed))
        splits.append(SplitStep(.pattern(ReferenceClass.punctuation), .isolated))
      default: splits.append(try readSplit(node, field))
      }
    }
    splits.removeAll { Self.matchesNothing($0, behind: configuration.normalizers) }
    let patterns: [ByteString] = splits.compactMap(Self.pattern(ofPieces:))
    if patterns.count == splits.count {
      configuration.splitPatterns = patterns
    } else {
      configuration.splits = splits
    }
    return isByteLevel
  }

  /// The pattern whose matches, and what lies between them, are the pieces of `step`. Keeping the
  /// matches and dropping the rest is the same for a pattern that matches everything, as that of o200k
  /// does.
  private static func pattern(ofPieces step: SplitStep) -> ByteString? {
    guard case .pattern(let pattern) = step.match else { return nil }
    switch (step.behavior, step.isInverted) {
    case (.isolated, _): return pattern
    case (.removed, true): return SplitFamily([pattern]) == nil ? nil : pattern
    default: return nil
    }
  }

  /// Whether the last step of normalisation has left nothing of what `step` looks for.
  private static func matchesNothing(
    _ step: SplitStep, behind normalizers: [TextRewriting]
  ) -> Bool {
    guard case .replace(let match, let content)? = normalizers.last, match == step.match,
      case .text(let text) = match, text.count == 1, !step.isInverted
    else { return false }
    return !content.bytes.contains(text.bytes[0])
  }
}

// MARK: - Steps

extension TokenizerJSONReader {
  private func readMetaspace(
    _ node: JSONNode, _ field: String, into configuration: inout VocabularyConfiguration
  ) throws(VocabularyError) -> [SplitStep] {
    guard let replacement = text("replacement", in: node), !replacement.isEmpty else {
      throw missing("\(field).replacement")
    }
    var scheme = text("prepend_scheme", in: node) ?? "always"
    if case .bool(false)? = node["add_prefix_space"]?.value, node["prepend_scheme"] == nil {
      scheme = "never"
    }
    configuration.rewritings = [.replace(.text(" "), with: replacement)]
    switch scheme {
    case "always": configuration.rewritings.append(.prefix(replacement, onlyAtStart: false))
    case "first": configuration.rewritings.append(.prefix(replacement, onlyAtStart: true))
    case "never": break
    default: throw unsupported("\(field).prepend_scheme", scheme.string)
    }
    if case .bool(false)? = node["split"]?.value { return [] }
    return [SplitStep(.text(replacement), .mergedWithNext)]
  }

  private func readSplit(_ node: JSONNode, _ field: String) throws(VocabularyError) -> SplitStep {
    switch kind(of: node) {
    case "Split":
      guard let match = TextMatch(node["pattern"]) else {
        throw unsupported("\(field).pattern", "anything but a Regex or a String")
      }
      if case .pattern(let pattern) = match, let part = SplitPattern(pattern).unsupported {
        throw unsupported("\(field).pattern", part)
      }
      guard let name = text("behavior", in: node) else { throw missing("\(field).behavior") }
      guard let step = SplitStep(node) else {
        throw unsupported("\(field).behavior", name.string)
      }
      return step
    case "Digits":
      return SplitStep(
        .pattern(ReferenceClass.digit),
        flag("individual_digits", in: node) ? .isolated : .contiguous)
    case "Punctuation":
      let name = text("behavior", in: node) ?? "Isolated"
      guard let behavior = SplitStep.Behavior(rawValue: name.string) else {
        throw unsupported("\(field).behavior", name.string)
      }
      return SplitStep(.pattern(ReferenceClass.punctuation), behavior)
    case "Whitespace":
      return SplitStep(.pattern(ReferenceClass.wordOrSymbols), .removed, isInverted: true)
    case "WhitespaceSplit": return SplitStep(.pattern(#"\s"#), .removed)
    case "CharDelimiterSplit":
      guard let delimiter = text("delimiter", in: node), !delimiter.isEmpty else {
        throw missing("\(field).delimiter")
      }
      return SplitStep(.text(delimiter), .removed)
    default: throw unsupported(field, kind(of: node))
    }
  }

  /// The steps that make text of tokens. Bytes are bytes in a compiled vocabulary, so `ByteLevel` and
  /// `ByteFallback` have nothing to do.
  func readDecoding(isByteLevel: Bool) throws(VocabularyError) -> [DecodingStep] {
    var steps: [DecodingStep] = []
    for (field, node) in try sequence("decoder", elements: "decoders") {
      let kind = kind(of: node)
      if kind == "ByteFallback" || kind == "ByteLevel" && isByteLevel { continue }
      guard let step = DecodingStep(node) else { throw unsupported(field, kind) }
      steps.append(step)
    }
    return steps
  }
}
