internal import Bytes
internal import OrderedJSON
internal import TextProcessing

/// Looks for what will break the prefix of a prompt.
///
/// ```swift
/// let linter = try PromptLinter(compilers: [PromptCompiler(model: try Model.named("qwen3"))])
/// for finding in try linter.findings(in: spec) { print(finding.rule.rawValue, finding.message) }
/// ```
public struct PromptLinter {
  private let compilers: [PromptCompiler]
  private let provider: PriceList.Entry?
  private let volatileText: VolatileText

  /// Makes a linter.
  ///
  /// - Parameters:
  ///   - compilers: one for each model that the prompts are for; without one, the rules that need a model
  ///     find nothing.
  ///   - provider: the model of a provider's whose demands on a cached prefix count; nil for none.
  /// - Throws: `CompilationError` if memory runs out.
  public init(
    compilers: [PromptCompiler], provider: PriceList.Entry? = nil
  ) throws(CompilationError) {
    self.compilers = compilers
    self.provider = provider
    do {
      volatileText = try VolatileText()
    } catch {
      throw CompilationError(file: "lint", message: error.description)
    }
  }

  /// What is found in a spec, in the order of the places; what the spec's policy suppresses is left out.
  ///
  /// - Throws: `CompilationError` if the spec cannot be compiled for one of the models.
  public func findings(in spec: Spec) throws(CompilationError) -> [LintFinding] {
    var findings = try volatileFindings(in: spec)
    findings += SpecLint(spec, provider: provider).findings
    for compiler in compilers {
      for finding in try ModelLint(compiler, provider: provider).findings(in: spec)
      where !findings.contains(finding) {
        findings.append(finding)
      }
    }
    let suppressed = spec.policy.suppressions.map(\.rule)
    let kept = findings.filter { !suppressed.contains($0.rule) }
    return kept.enumerated().sorted { left, right in
      let (a, b) = (left.element.place, right.element.place)
      return (a.line ?? 0, a.column ?? 0, left.offset) < (b.line ?? 0, b.column ?? 0, right.offset)
    }.map(\.element)
  }

  private func volatileFindings(in spec: Spec) throws(CompilationError) -> [LintFinding] {
    var findings: [LintFinding] = []
    for text in LintText.head(of: spec) {
      let matches: [VolatileText.Match]
      do {
        matches = try volatileText.matches(in: text.text.bytes, isDocument: text.isDocument)
      } catch {
        throw CompilationError(file: spec.name, message: "\(text.field): \(error.description)")
      }
      for match in matches {
        let shown = ByteString(text.text.bytes[match.range.start..<match.range.end])
        findings.append(
          LintFinding(
            rule: match.rule, place: spec.place(of: text, offset: match.range.start),
            message: "\(text.field): \"\(shown)\" looks as if it changed from request to request; "
              + "everything behind it is computed again then. Put it into the query, behind the "
              + "blocks, or leave it out"))
      }
    }
    return findings
  }
}

extension Spec {
  /// Where byte `offset` of a text stands.
  func place(of text: LintText, offset: Int) -> HeadPlace {
    place(of: text.text, at: text.offset, text.field, offset: offset, shown: nil)
  }
}
