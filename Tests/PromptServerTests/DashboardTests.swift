import Bytes
import Foundation
import OrderedJSON
import PromptServer
import TestSupport
import Testing

/// The dashboard for Grafana shows what the server tells, and all of it.
@Suite struct DashboardTests {
  /// All that adds metrics.
  private static let options: [ServerSetting: String] = [
    .model: "qwen3", .kvEvents: "tcp://127.0.0.1:9", .kvRole: "connect",
  ]

  @Test func everyMetricOfTheDashboardIsOneOfTheServer() async throws {
    let dashboard = try Self.dashboard()
    let shown = Self.names(in: Self.texts(of: dashboard))
    let told = try await withServer(nil, Self.options) { server in
      Metrics(try await server.send("GET /metrics").text)
    }
    #expect(shown.count > 30)
    #expect(shown.subtracting(told.samples) == [])
    // What is told is shown, too: a new metric needs a place.
    #expect(Set(told.names.filter { shown.isDisjoint(with: Metrics.samples(of: $0)) }) == [])
  }

  @Test func theDataSourceIsAVariable() throws {
    let dashboard = try Self.dashboard()
    let variable = dashboard["templating"]?["list"]?.elements?.first
    #expect(variable?["type"]?.string == "datasource")
    #expect(variable?["query"]?.string == "prometheus")
    #expect(variable?["name"]?.string == "datasource")
    for panel in dashboard["panels"]?.elements ?? [] where panel["type"]?.string != "row" {
      #expect(panel["datasource"]?["uid"]?.string == "${datasource}")
      #expect(panel["targets"]?.elements?.isEmpty == false)
    }
  }

  @Test func placesOfPanelsDoNotOverlap() throws {
    var taken: Set<[Int]> = []
    var ids: Set<Int> = []
    for panel in try Self.dashboard()["panels"]?.elements ?? [] {
      let place = try #require(panel["gridPos"])
      let id = try #require(panel["id"]?.integer)
      #expect(ids.insert(id).inserted)
      let (x, y) = (try #require(place["x"]?.integer), try #require(place["y"]?.integer))
      let (w, h) = (try #require(place["w"]?.integer), try #require(place["h"]?.integer))
      #expect(x + w <= 24)
      for column in x..<x + w {
        for line in y..<y + h { #expect(taken.insert([column, line]).inserted) }
      }
    }
  }

  private static func dashboard() throws -> JSONNode {
    let path = Shared.packageRoot + "/deploy/grafana/cpc.json"
    return try JSONParser.parse(Array(Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// The expressions of panels and variables.
  private static func texts(of node: JSONNode) -> [ByteString] {
    let ours = (node.members ?? []).flatMap { member -> [ByteString] in
      let isExpression = ["expr", "query", "definition"].contains(member.key)
      return (isExpression ? [member.node.string].compactMap(\.self) : []) + texts(of: member.node)
    }
    return ours + (node.elements ?? []).flatMap(texts)
  }

  private static func names(in texts: [ByteString]) -> Set<String> {
    Set(
      texts.flatMap { text in
        text.string.split { !($0.isLetter || $0.isNumber || $0 == "_") }
          .filter { $0.hasPrefix("cpc_") }.map(String.init)
      })
  }
}

/// The names in what a server tells.
private struct Metrics {
  /// The metrics.
  var names: [String] = []
  /// The samples that they can have.
  var samples: Set<String> = []

  init(_ text: String) {
    for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
      let words = line.split(separator: " ").map(String.init)
      names.append(words[2])
      samples.formUnion(words[3] == "histogram" ? Self.parts(of: words[2]) : [words[2]])
    }
  }

  static func parts(of histogram: String) -> Set<String> {
    Set(["_bucket", "_sum", "_count"].map { histogram + $0 })
  }

  static func samples(of name: String) -> Set<String> { parts(of: name).union([name]) }
}

extension JSONNode {
  fileprivate var integer: Int? {
    if case .number(let number) = value { number.integer } else { nil }
  }
}
