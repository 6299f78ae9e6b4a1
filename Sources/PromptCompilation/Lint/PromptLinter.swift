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
  private let rules: [LintRule]
  private let volatileText: VolatileText

  /// Makes a linter.
  ///
  /// - Parameters:
  ///   - compilers: one for each model that the prompts are for; without one, the rules that need a model
  ///     find nothing.
  ///   - provider: the model of a provider's whose demands on a cached prefix count; nil for none.
  ///   - rules: the rules that count.
  /// - Throws: `CompilationError` if memory runs out.
  public init(
    compilers: [PromptCompiler], provider: PriceList.Entry? = nil,
    rules: [LintRule] = LintRule.allCases
  ) throws(CompilationError) {
    self.compilers = compilers
    self.provider = provider
    self.rules = rules
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
    var findings: [LintFinding]
    do throws(PatternError) {
      findings = try TextLint(spec, volatileText).findings
    } catch {
      throw CompilationError(file: spec.name, message: error.description)
    }
    findings += ToolLint(spec).findings + SpecLint(spec, provider: provider).findings
    for compiler in compilers {
      for finding in try ModelLint(compiler, provider: provider).findings(in: spec) {
        if let same = findings.firstIndex(where: finding.isSame) {
          findings[same].models += finding.models
        } else {
          findings.append(finding)
        }
      }
    }
    let kept = findings.filter { isKept($0, by: spec.policy) }
    return kept.enumerated().sorted { left, right in
      let (a, b) = (left.element.place, right.element.place)
      return (a.line ?? 0, a.column ?? 0, left.offset) < (b.line ?? 0, b.column ?? 0, right.offset)
    }.map(\.element)
  }

  /// Whether a finding counts. White space that one model's template trims and another's shows does
  /// something.
  private func isKept(_ finding: LintFinding, by policy: Policy) -> Bool {
    guard finding.rule != .trimmedSpace || finding.models.count == compilers.count else {
      return false
    }
    return rules.contains(finding.rule)
      && !policy.suppressions.contains { $0.suppresses(finding) }
  }
}

extension LintSuppression {
  /// Whether a finding is one of those that are meant.
  func suppresses(_ finding: LintFinding) -> Bool {
    guard rule == finding.rule else { return false }
    guard let field else { return true }
    guard let found = finding.place.field?.bytes, found.starts(with: field.bytes) else {
      return false
    }
    let next = found.dropFirst(field.count).first
    return next == nil || next == UInt8(ascii: ".") || next == UInt8(ascii: "[")
  }
}
