// Values of metrics.

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
