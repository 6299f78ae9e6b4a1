internal import Bytes
public import Tokenization

extension LockedHead {
  /// How a head differs from this one; nil if it does not.
  ///
  /// - Parameters:
  ///   - model: what the lock says of the model.
  ///   - tokenizer: the model's tokenizer as it is now.
  /// - Throws: `CompilationError` if the locked text cannot be tokenised.
  /// - Complexity: constant if nothing differs; else linear in both heads.
  public func difference(
    from head: PromptHead, _ model: LockedModel, _ tokenizer: Tokenizer
  ) throws(CompilationError) -> HeadDifference? {
    let template = model.templates.first { $0.name == self.template }
    let hasVocabulary = model.vocabularyDigest == head.vocabularyDigest
    let hasTemplate = template?.digest == head.template.digest
    guard !hasVocabulary || !hasTemplate || sections != head.sections else { return nil }
    let comparison = TextComparisonOfHeads(self, head)
    var difference = HeadDifference(
      spec: spec, model: self.model, cause: .compiler,
      summary: "cpc gives the same text other tokens or boundaries",
      place: head.place(ofField: nil), token: 0, isExact: true, lockedTokens: tokenCount)
    guard hasVocabulary else {
      difference.cause = .vocabulary
      difference.summary =
        "the vocabulary changed: \(Self.named(model.vocabulary, model.vocabularyDigest)) was locked, "
        + "\(Self.named(head.vocabulary, head.vocabularyDigest)) is here"
      return difference
    }
    try compareTokens(of: head, comparison, tokenizer, &difference)
    guard let byte = comparison.firstDifference else {
      if !hasTemplate {
        difference.cause = .template
        difference.summary =
          Self.summary(of: template, head.template) + "; the head of this prompt is the same"
      }
      return difference
    }
    explain(byte, in: head, &difference)
    if difference.cause == .template, !hasTemplate {
      difference.summary = Self.summary(of: template, head.template)
    } else if !hasTemplate {
      difference.summary += "; the chat template changed too"
    }
    return difference
  }

  /// Finds the first token that differs, and shows it on both sides.
  private func compareTokens(
    of head: PromptHead, _ comparison: TextComparisonOfHeads, _ tokenizer: Tokenizer,
    _ difference: inout HeadDifference
  ) throws(CompilationError) {
    let old: EncodedText
    do {
      old = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
    } catch {
      throw CompilationError(file: spec.string, message: "the locked text: \(error.description)")
    }
    // What the lock does not keep of the text may change the last tokens of what it keeps.
    let known = rest.values.isEmpty ? min(tokenCount, old.ids.count) : old.ids.count
    let ids = Array(old.ids[..<known])
    let shared = zip(ids, head.tokens).prefix { $0 == $1 }.count
    guard comparison.isBehindText else {
      difference.token = min(shared, tokenCount)
      difference.locked = .init(text, ids: ids, ends: Array(old.ends[..<known]), at: shared)
      difference.current = .init(head.text, ids: head.tokens, ends: head.tokenEnds, at: shared)
      return
    }
    let byte = comparison.firstDifference ?? head.text.count
    let token = head.tokenEnds.prefix { $0 <= byte }.count
    difference.token = min(token, tokenCount)
    difference.isExact = false
    difference.current = .init(head.text, ids: head.tokens, ends: head.tokenEnds, at: token)
  }

  /// Says which part of the spec, or of the template, the first difference comes from.
  private func explain(_ byte: Int, in head: PromptHead, _ difference: inout HeadDifference) {
    let old = sections.first { byte < $0.bytes.end } ?? sections.last
    let new = head.section(at: byte)
    difference.section = new?.kind ?? old?.kind
    difference.cause = .spec
    func isSame(_ a: HeadSection, _ b: HeadSection) -> Bool {
      a.kind == b.kind && a.label == b.label
    }
    if let old, old.kind != .opening, !head.sections.contains(where: { isSame($0, old) }) {
      difference.place = head.place(ofField: old.field)
      difference.summary = "\(Self.name(of: old)) is not there any more"
    } else if let new, new.kind != .opening, !sections.contains(where: { isSame($0, new) }) {
      difference.place = head.place(ofByte: max(byte, new.bytes.start))
      difference.place.field = difference.place.field ?? new.field
      if difference.place.line == nil { difference.place = head.place(ofField: new.field) }
      difference.summary = "\(Self.name(of: new)) is new"
    } else if let old, let new, !isSame(old, new), new.kind != .opening, old.kind != .opening {
      difference.place = head.place(ofByte: byte)
      difference.summary = "\(Self.name(of: new)) stands where \(Self.name(of: old)) stood"
    } else {
      difference.place = head.place(ofByte: byte)
      guard let field = difference.place.field else {
        difference.cause = .template
        difference.summary = "what the chat template \(head.template.name) prints changed"
        return
      }
      difference.summary = "\(field) changed"
    }
  }

  private static func name(of section: HeadSection) -> String {
    section.label.map { "block \"\($0)\"" } ?? section.kind.rawValue
  }

  private static func named(_ name: ByteString, _ digest: Digest) -> String {
    "\(name) (\(digest.hexadecimal.prefix(12)))"
  }

  private static func summary(of old: LockedTemplate?, _ new: ModelTemplate) -> String {
    guard let old else { return "the chat template is another: \(new.name)" }
    let lines = LineDigests(of: new.source)
    let place = old.lines.firstDifference(from: lines).map { ":\($0 + 1)" } ?? ""
    return "the chat template changed: \(new.name)\(place)"
  }
}

/// Where the texts of a locked head and of a head begin to differ.
struct TextComparisonOfHeads {
  /// The first byte that differs, or the line that it is in; nil if the texts are the same.
  private(set) var firstDifference: Int?
  /// Whether it is behind what the lock keeps of the text.
  private(set) var isBehindText = false

  init(_ locked: LockedHead, _ head: PromptHead) {
    let shared = zip(locked.text, head.text).prefix { $0 == $1 }.count
    guard shared == locked.text.count, !locked.rest.values.isEmpty else {
      if shared < locked.text.count || shared < head.text.count { firstDifference = shared }
      return
    }
    let lines = LineDigests.lines(of: head.text[shared...])
    guard let line = locked.rest.firstDifference(from: LineDigests(of: head.text[shared...])) else {
      return
    }
    isBehindText = true
    firstDifference = line < lines.count ? lines[line].startIndex : head.text.count
  }
}
