// A run as it travels: what is to be written to the database, or waits in a spool file until it can be.

/// One value of a metric.
public struct MetricPoint: Codable, Sendable, Equatable {
  /// The metric's name, such as `val_loss`.
  public let name: String
  /// The step, usually the epoch, counted from 0 or 1 as the stage does.
  public let step: Int
  /// The value; NaN is NULL in the database.
  public let value: Double

  /// A value of the metric `name` at `step`.
  public init(name: String, step: Int, value: Double) {
    (self.name, self.step, self.value) = (name, step, value)
  }
}

/// What is known of a run and not yet written. Writing the same record twice changes nothing.
struct RunRecord: Codable, Sendable, Equatable {
  /// The format of spool files; a reader leaves a higher one alone.
  static let currentFormat = 1

  var format = RunRecord.currentFormat
  let start: RunStart
  var parameters: [String: String] = [:]
  var tags: [String: String] = [:]
  var metrics: [MetricPoint] = []
  var end: RunEnd?

  init(start: RunStart) { self.start = start }

  /// Whether there is anything beyond the start.
  var isEmpty: Bool { parameters.isEmpty && tags.isEmpty && metrics.isEmpty && end == nil }

  /// Takes everything out but the start.
  mutating func take() -> RunRecord {
    defer { self = RunRecord(start: start) }
    return self
  }

  /// Puts back what `take` took and could not be written; what came since wins.
  mutating func putBack(_ earlier: RunRecord) {
    parameters = earlier.parameters.merging(parameters) { $1 }
    tags = earlier.tags.merging(tags) { $1 }
    metrics = earlier.metrics + metrics
    end = end ?? earlier.end
  }
}
