// What is reported beside the loss.

import Failures
import Kernels
import Networks

/// A metric by Keras's name.
public enum Metric: String, Sendable, CaseIterable {
  case accuracy
  case meanAbsoluteError = "mae"
  case meanSquaredError = "mse"
  case rootMeanSquaredError = "rmse"

  /// The metric of that name, `acc` and the long names included; throws `Failure` (usage) with the
  /// nearest known one.
  public init(named name: String) throws {
    let short = [
      "acc": "accuracy", "mean_absolute_error": "mae", "mean_squared_error": "mse",
      "root_mean_squared_error": "rmse",
    ]
    guard let metric = Metric(rawValue: short[name] ?? name) else {
      throw Failure.usage(
        "unknown metric '\(name)'", remedy: suggestion(for: name, among: Metric.allCases.map(\.rawValue)))
    }
    self = metric
  }

  /// A sum over output rows that becomes the metric by `value`.
  func sum(_ rows: LossRows, _ target: TargetBuffer, _ loss: Loss) -> Double {
    var total = 0.0
    for row in 0..<rows.output.rows {
      total += self == .accuracy ? hits(rows, target, row, loss) : error(rows, target, row)
    }
    return total
  }

  /// The metric of `rows` output rows whose sum is `total`.
  public func value(_ total: Double, rows: Double) -> Double {
    self == .rootMeanSquaredError ? (total / rows).squareRoot() : total / rows
  }

  /// The share of a row's outputs that are right: thresholded at one half, or the largest against the label.
  private func hits(_ rows: LossRows, _ target: TargetBuffer, _ row: Int, _ loss: Loss) -> Double {
    let width = rows.output.columns
    if loss.takesLabels {
      return largest(width) { rows.output[row, $0] } == Int(target.value(rows.shard, row, 0)) ? 1 : 0
    }
    if width > 1 && loss == .categoricalCrossentropy {
      let wanted = largest(width) { target.value(rows.shard, row, $0) }
      return largest(width) { rows.output[row, $0] } == wanted ? 1 : 0
    }
    var right = 0
    for j in 0..<width where (rows.output[row, j] > 0.5 ? 1 : 0) == target.value(rows.shard, row, j) {
      right += 1
    }
    return Double(right) / Double(width)
  }

  private func error(_ rows: LossRows, _ target: TargetBuffer, _ row: Int) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let error = Double(rows.output[row, j] - target.value(rows.shard, row, j))
      sum += self == .meanAbsoluteError ? abs(error) : error * error
    }
    return sum / Double(width)
  }

  private func largest(_ count: Int, _ value: (Int) -> Float) -> Int {
    var best = 0
    for j in 1..<max(1, count) where value(j) > value(best) { best = j }
    return best
  }
}
