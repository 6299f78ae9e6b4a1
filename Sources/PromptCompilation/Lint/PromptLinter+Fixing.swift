/// A spec whose faults were mended as far as that can be done without its author.
public struct FixedSpec: Sendable {
  /// The bytes of the spec.
  public var bytes: [UInt8]
  /// What was mended, as it was found.
  public var fixed: [LintFinding]
  /// What is left, found in the mended spec.
  public var left: [LintFinding]
}

extension PromptLinter {
  /// The rules whose findings are mended, in the order in which that is done: keys as in the tool that the
  /// author put first, then tools.
  private static let fixable: [LintRule] = [
    .keyOrder, .toolOrder, .trimmedSpace, .unstableBoundary,
  ]

  /// Mends a spec: puts keys and tools in order, takes out white space that is trimmed anyway, ends a text
  /// with a line break. Only the bytes of that change. A change is kept if its rule finds less behind it and
  /// no other more, so that fixing twice gives what fixing once does. A source that is no JSON stays; what
  /// code changed in the spec since it was read does not count.
  ///
  /// - Parameter files: how the spec's `file` members are read.
  /// - Throws: `CompilationError` if the spec cannot be compiled for one of the models.
  /// - Complexity: as that of `findings` for each finding that can be mended.
  public func fixed(
    _ spec: Spec, files: FileResolver? = nil
  ) throws(CompilationError) -> FixedSpec {
    let bytes = spec.source?.bytes ?? []
    let read = try? Spec(jsonBytes: bytes, name: spec.name, files: files)
    var result = FixedSpec(bytes: bytes, fixed: [], left: try findings(in: read ?? spec))
    var refused: [LintFinding] = []
    while let (finding, fix) = Self.next(in: result.left, but: refused) {
      let bytes = LintEdit.applied(fix, to: result.bytes)
      if let left = findings(inEdited: bytes, spec.name, files),
        Self.isBetter(left, than: result.left, by: finding.rule)
      {
        result.bytes = bytes
        result.fixed.append(finding)
        result.left = left
      } else {
        refused.append(finding)
      }
    }
    return result
  }

  private static func next(
    in findings: [LintFinding], but refused: [LintFinding]
  ) -> (LintFinding, [LintEdit])? {
    for rule in fixable {
      for finding in findings where finding.rule == rule {
        if let fix = finding.fix, !refused.contains(where: finding.isSame) { return (finding, fix) }
      }
    }
    return nil
  }

  /// What is found in an edited spec; nil if it cannot be compiled any more.
  private func findings(
    inEdited bytes: [UInt8], _ name: String, _ files: FileResolver?
  ) -> [LintFinding]? {
    guard let spec = try? Spec(jsonBytes: bytes, name: name, files: files) else { return nil }
    return try? findings(in: spec)
  }

  /// Whether a rule finds less than before and no other more. Another first tool says how keys stand, which
  /// is mended next.
  private static func isBetter(
    _ findings: [LintFinding], than before: [LintFinding], by mended: LintRule
  ) -> Bool {
    LintRule.allCases.allSatisfy { rule in
      let change = findings.count { $0.rule == rule } - before.count { $0.rule == rule }
      if rule == mended { return change < 0 }
      return change <= 0 || (mended == .toolOrder && rule == .keyOrder)
    }
  }
}
