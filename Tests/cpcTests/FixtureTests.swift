import Foundation
import TestSupport
import Testing

/// cpc and its JSON Schema agree on every fixture; `Scripts/check_schema.py` asks the schema.
@Suite struct FixtureTests {
  private static func specs(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: Shared.packageRoot + "/Fixtures/specs/" + folder
    ).sorted().map { "Fixtures/specs/\(folder)/\($0)" }
  }

  @Test func validSpecsCompile() throws {
    let specs = try Self.specs(in: "valid")
    #expect(specs.count >= 3)
    for spec in specs {
      let result = try Command.cpc("compile", spec, "--model", "qwen3")
      #expect(result.status == 0, "\(spec): \(result.errors)")
    }
  }

  @Test func invalidSpecsAreRefusedWithTheirPlace() throws {
    let specs = try Self.specs(in: "invalid")
    #expect(specs.count >= 12)
    for spec in specs {
      let result = try Command.cpc("compile", spec, "--model", "qwen3")
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors.hasPrefix("\(spec):"), "\(spec): \(result.errors)")
    }
  }
}
