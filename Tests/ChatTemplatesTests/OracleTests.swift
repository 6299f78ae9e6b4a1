import ChatTemplates
import TestSupport
import Testing

/// Compares with what transformers 5.23.0 and jinja2 3.1.6 render. The reference data is not part of
/// the project: where the folder is missing, these tests are skipped.
@Suite(.enabled(if: Shared.oracle != nil, "reference data is not here: skipped"))
struct OracleTests {
  @Test func realTemplatesAndMicroTestsRenderAsTheReference() throws {
    let suite = try ConformanceSuite(folder: Shared.oracle ?? "")
    let tally = try suite.run(
      [.templates, .micro], model: { _ in ConformanceSubject(fault: "not compared here") },
      report: { Issue.record("\($0)") })
    #expect(tally.failed == 0)
    #expect(tally.passed >= 767 + 107)
  }
}
