internal import PromptCompilation

/// All that `/metrics` says, in the text form of Prometheus, in a fixed order.
struct MetricsReport {
  let configuration: ServerConfiguration
  let metrics: ServerMetrics
  let rewriter: PromptRewriter?
  let following: EngineFollowing?

  var text: String { build + metrics.text + index + (following?.text ?? "") }

  /// What runs.
  private var build: String {
    var text = PrometheusText()
    text.begin("cpc_build_info", "gauge", "What runs: the value is always 1.")
    text.sample(
      "cpc_build_info",
      [
        ("version", CPCVersion.current), ("mode", configuration.mode.rawValue),
        ("model", configuration.model?.string ?? ""),
      ], "1")
    return text.text
  }

  /// What is believed to be cached, over all tenants; empty if nothing is remembered.
  private var index: String {
    guard let rewriter, rewriter.index != nil else { return "" }
    let totals = rewriter.statistics
    var text = PrometheusText()
    func gauge(_ name: String, _ help: String, _ value: Int) {
      text.begin(name, "gauge", help)
      text.sample(name, [], String(value))
    }
    gauge("cpc_index_tenants", "Tenants that are remembered.", totals.tenants)
    gauge("cpc_index_nodes", "Nodes of the tenants' indexes.", totals.nodes)
    gauge("cpc_index_blocks", "Different blocks in the tenants' indexes.", totals.blocks)
    gauge("cpc_index_tokens", "Tokens that are believed to be cached.", totals.tokens)
    return text.text
  }
}
