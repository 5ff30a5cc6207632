// Metrics that are means over rows: accuracies and errors (keras/src/metrics/accuracy_metrics.py,
// regression_metrics.py), and R2, which also needs sums of squares.

import Kernels

extension Metric {
  /// The value for one row of a metric that is a mean over rows.
  func mean(_ rows: LossRows, _ row: Int) -> Double {
    switch self {
    case .binaryAccuracy(let threshold):
      return average(rows, row) { output, targets in (output > threshold ? 1 : 0) == targets ? 1 : 0 }
    case .categoricalAccuracy: return largest(rows.output, row) == largest(rows.targets, row) ? 1 : 0
    case .sparseCategoricalAccuracy:
      return Float(largest(rows.output, row)) == rows.targets[row, 0] ? 1 : 0
    case .topK(let k, let sparse):
      let label = sparse ? Int(rows.targets[row, 0]) : largest(rows.targets, row)
      return isAmongLargest(label, k, rows, row) ? 1 : 0
    case .meanAbsoluteError: return average(rows, row) { Double(abs($0 - $1)) }
    case .meanSquaredError, .rootMeanSquaredError:
      return average(rows, row) { Double($0 - $1) * Double($0 - $1) }
    case .meanAbsolutePercentageError:
      return average(rows, row) { 100 * Double(abs($1 - $0) / max(abs($1), 1e-7)) }
    case .accuracy, .auc, .precision, .recall, .f1Score, .r2Score: return 0
    }
  }

  /// The mean of `function` over a row's outputs and targets.
  @inline(__always)
  private func average(_ rows: LossRows, _ row: Int, _ function: (Float, Float) -> Double) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width { sum += function(rows.output[row, j], rows.targets[row, j]) }
    return sum / Double(width)
  }

  /// The column of a row's largest element (the first, if tied).
  private func largest(_ matrix: Matrix, _ row: Int) -> Int {
    var best = 0
    for j in 1..<max(1, matrix.columns) where matrix[row, j] > matrix[row, best] { best = j }
    return best
  }

  /// Whether fewer than `k` outputs are larger than the output of class `label`.
  private func isAmongLargest(_ label: Int, _ k: Int, _ rows: LossRows, _ row: Int) -> Bool {
    guard label >= 0, label < rows.output.columns else { return false }
    var larger = 0
    for j in 0..<rows.output.columns where rows.output[row, j] > rows.output[row, label] { larger += 1 }
    return larger < k
  }

  // MARK: R2

  /// For each output: the sums of targets, of squared targets and of squared errors, and the number of rows.
  func addVariances(_ rows: LossRows, _ row: Int, _ sums: MetricSums, _ count: Double) {
    for j in 0..<rows.output.columns {
      let (targets, error) = (
        Double(rows.targets[row, j]), Double(rows.targets[row, j] - rows.output[row, j])
      )
      sums[4 * j] += count * targets
      sums[4 * j + 1] += count * targets * targets
      sums[4 * j + 2] += count * error * error
      sums[4 * j + 3] += count
    }
  }

  /// The mean over outputs of 1 - squared errors / squared deviations from the mean; 0 for an output with constant
  /// targets, as in Keras.
  func explainedVariance(_ sums: [Double], width: Int) -> Double {
    var total = 0.0
    for j in 0..<width {
      let (sum, squares) = (sums[4 * j], sums[4 * j + 1])
      let score = 1 - sums[4 * j + 2] / (squares - sum * sum / sums[4 * j + 3])
      total += score.isFinite ? score : 0
    }
    return total / Double(width)
  }
}
