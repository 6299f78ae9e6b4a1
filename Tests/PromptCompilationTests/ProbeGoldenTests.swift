import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// The findings about our own templates, a line each in `Fixtures/probes.txt`: the slots (`*` where one
/// moves) and, for each kind of conversation, whether history is append-only. A snapshot.
@Suite struct ProbeGoldenTests {
  private static let lines: [String] = {
    let bytes = (try? Files.read(Shared.packageRoot + "/Fixtures/probes.txt")) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }()

  @Test func thereAreLines() {
    #expect(Self.lines.count >= 20)
  }

  @Test(arguments: lines)
  func ownTemplatesAreAsExpected(line: String) throws {
    let name = ByteString(line.split(separator: " ").first.map(String.init) ?? "")
    let catalog = try ModelCatalog(in: DataFolder(path: Shared.packageRoot))
    let profile = try #require(try catalog.profile(of: name))
    let probe = TemplateProbe(
      ModelTemplates(try catalog.template(of: profile)), specialTokens: profile.specialTokens)
    let slots = TemplateSlot.Part.allCases.map { part in
      let slot = probe.slot(of: part).finding
      return "\(part)=\(slot?.place.rawValue ?? "refused")\(slot?.moves == true ? "*" : "")"
    }
    let histories = ProbeScenario.allCases.map { scenario in
      let finding = probe.history(in: scenario).finding
      return "\(scenario.rawValue)=\(finding.map { $0.isAppendOnly ? "yes" : "no" } ?? "refused")"
    }
    #expect(([name.string] + slots + histories).joined(separator: " ") == line)
  }
}
