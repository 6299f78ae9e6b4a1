internal import Bytes
internal import EngineEvents
internal import OrderedJSON

extension EngineFollowing {
  /// How the ranks are followed, in the text form of Prometheus, in a fixed order.
  var text: String {
    var text = PrometheusText()
    let ranks = statuses
    func samples(
      _ name: String, _ type: String, _ help: String,
      _ value: (EngineFollower.Status, Int) -> Int
    ) {
      text.begin(name, type, help)
      for (rank, known) in ranks.enumerated() {
        text.sample(name, [("rank", String(rank))], String(value(known.status, known.blocks)))
      }
    }
    samples("cpc_kv_connected", "gauge", "Whether the engine's rank is connected.") { status, _ in
      status.connections > 0 ? 1 : 0
    }
    samples("cpc_kv_current", "gauge", "Whether no earlier batches are awaited.") { status, _ in
      status.isCurrent ? 1 : 0
    }
    samples("cpc_kv_complete", "gauge", "Whether the mirror goes back to the first batch.") {
      status, _ in status.isComplete ? 1 : 0
    }
    samples("cpc_kv_blocks", "gauge", "Different blocks that the engine holds.") { $1 }
    samples("cpc_kv_batches_total", "counter", "Batches of events.") { status, _ in status.batches }
    samples("cpc_kv_events_total", "counter", "Events.") { status, _ in status.events }
    samples("cpc_kv_gaps_total", "counter", "Times that batches were missing.") { status, _ in
      status.gaps
    }
    samples("cpc_kv_replays_total", "counter", "Times that earlier batches were asked for.") {
      status, _ in status.replays
    }
    samples("cpc_kv_resets_total", "counter", "Times that all that was told became void.") {
      status, _ in status.resets
    }
    samples("cpc_kv_unreadable_batches_total", "counter", "Batches that could not be read.") {
      status, _ in status.unreadable
    }
    let predictions = "cpc_kv_predictions_total"
    text.begin(predictions, "counter", "Predictions by what they rest on.")
    text.sample(predictions, [("by", "events")], String(counts.followedPredictions))
    text.sample(predictions, [("by", "simulation")], String(counts.simulatedPredictions))
    return text.text
  }

  /// The same in few numbers, over all ranks.
  var json: JSONValue {
    let statuses = statuses
    func sum(_ value: (EngineFollower.Status) -> Int) -> JSONValue {
      .integer(statuses.reduce(0) { $0 + value($1.status) })
    }
    return .object([
      "ranks": .integer(statuses.count),
      "connected": sum { $0.connections > 0 ? 1 : 0 },
      "complete": sum { $0.isUsable && $0.isComplete ? 1 : 0 },
      "blocks": .integer(statuses.reduce(0) { $0 + $1.blocks }),
      "batches": sum(\.batches), "gaps": sum(\.gaps), "resets": sum(\.resets),
      "unreadable": sum(\.unreadable),
    ])
  }
}
