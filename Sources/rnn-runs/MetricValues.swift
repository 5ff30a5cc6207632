// The values of chosen metrics for some runs.

import JSON
import Registry

/// The values that columns of metrics show.
struct MetricValues {
  /// The columns, in order.
  let columns: [MetricColumn]
  private let summaries: [String: [String: MetricSummary]]
  private let atSteps: [[String: Double]]

  /// Reads the values of some runs, with one query for all of them and one for each step.
  /// - Throws: `Failure` (usage) for the best of a metric of which it isn't known what is better.
  init(_ columns: [MetricColumn], of runs: [Run], in registry: Registry) throws {
    try self.init(columns, try registry.metricSummaries(of: runs), of: runs, in: registry)
  }

  /// The same, of runs whose summaries are known.
  init(_ columns: [MetricColumn], of runs: [ComparedRun], in registry: Registry) throws {
    let summaries = Dictionary(runs.map { ($0.run.id, $0.metrics) }) { first, _ in first }
    try self.init(columns, summaries, of: runs.map(\.run), in: registry)
  }

  private init(
    _ columns: [MetricColumn], _ summaries: [String: [String: MetricSummary]], of runs: [Run],
    in registry: Registry
  ) throws {
    (self.columns, self.summaries) = (columns, summaries)
    atSteps = try columns.map { column in
      guard case .step(let step) = column.choice else {
        _ = try column.statistic()
        return [:]
      }
      return try registry.values(of: column.name, atStep: step, in: runs)
    }
  }

  /// The value in a column; nil if the run has none.
  subscript(run: Run, column: MetricColumn) -> Double? {
    guard let index = columns.firstIndex(of: column) else { return nil }
    guard let statistic = try? column.statistic() else { return atSteps[index][run.id] }
    return summaries[run.id]?[column.name]?[statistic]?.value
  }

  /// The last value of the run's main metric.
  func main(of run: Run) -> MetricPoint? {
    guard let metrics = summaries[run.id], let name = MetricDirection.main(of: metrics.keys) else {
      return nil
    }
    return metrics[name]?[.last]
  }

  /// The names of the metrics that a run has.
  func names(of run: Run) -> [String] { (summaries[run.id] ?? [:]).keys.sorted() }

  /// The values of all columns, by heading.
  func json(of run: Run) -> JSONValue {
    .object(
      Dictionary(columns.map { ($0.heading, self[run, $0].map(JSONValue.number) ?? .null) }) { first, _ in
        first
      })
  }
}
