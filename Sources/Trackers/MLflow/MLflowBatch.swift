// What one call of runs/log-batch may have: at most 1,000 metrics, 100 parameters and 100 tags, together 1,000, in at most
// 1 MB.

import JSON

/// Values, parameters and tags for one call.
package struct MLflowBatch {
  /// Values, with names as MLflow accepts them.
  package var metrics: [TrackedMetric] = []
  package var parameters: [String: String] = [:]
  package var tags: [String: String] = [:]

  package init(
    metrics: [TrackedMetric] = [], parameters: [String: String] = [:], tags: [String: String] = [:]
  ) {
    (self.metrics, self.parameters, self.tags) = (metrics, parameters, tags)
  }

  static let mostMetrics = 1000
  static let mostPairs = 100
  /// The most bytes of texts, of which each may take six bytes of JSON for one.
  private static let mostTextBytes = 150_000

  var isEmpty: Bool { metrics.isEmpty && parameters.isEmpty && tags.isEmpty }

  /// Metrics in pieces that one call takes.
  package static func batches(of metrics: [TrackedMetric]) -> [MLflowBatch] {
    stride(from: 0, to: metrics.count, by: mostMetrics).map { start in
      MLflowBatch(metrics: Array(metrics[start..<min(start + mostMetrics, metrics.count)]))
    }
  }

  /// Parameters or tags in pieces that one call takes.
  package static func pieces(of pairs: [String: String]) -> [[String: String]] {
    var (pieces, bytes) = ([[String: String]](), 0)
    for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
      let size = key.utf8.count + value.utf8.count
      if pieces.isEmpty || pieces[pieces.count - 1].count == mostPairs || bytes + size > mostTextBytes {
        pieces.append([:])
        bytes = 0
      }
      pieces[pieces.count - 1][key] = value
      bytes += size
    }
    return pieces
  }

  package func json(_ run: String) -> JSONValue {
    [
      "run_id": .string(run), "params": Self.pairs(parameters), "tags": Self.pairs(tags),
      "metrics": .array(
        metrics.map { metric in
          [
            "key": .string(metric.name), "value": Self.number(metric.value),
            "timestamp": .integer(metric.time), "step": .integer(Int64(metric.step)),
          ]
        }),
    ]
  }

  static func pairs(_ pairs: [String: String]) -> JSONValue {
    .array(pairs.sorted { $0.key < $1.key }.map { ["key": .string($0), "value": .string($1)] })
  }

  /// JSON has no NaN and no infinity, for which MLflow takes text.
  private static func number(_ value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    return value.isInfinite ? .string(value < 0 ? "-Infinity" : "Infinity") : .number(value)
  }
}
