// The sums over output rows from which metrics are computed, so that the division of rows into shards and batches
// doesn't matter. Formulas are Keras's (keras/src/metrics); masked rows are excluded from all of them.

import Failures
import Kernels

/// The sums of one metric.
struct MetricSums {
  private let buffer: Buffer<Double>
  private let start: Int

  init(_ buffer: Buffer<Double>, at start: Int) {
    self.buffer = buffer
    self.start = start
  }

  subscript(index: Int) -> Double {
    get { buffer[start + index] }
    nonmutating set { buffer[start + index] = newValue }
  }
}

extension Metric {
  /// Replaces `accuracy` as Keras does: by binary accuracy for one output, by sparse accuracy for class ids.
  func resolvingAccuracy(outputWidth: Int, targetWidth: Int) -> Metric {
    guard self == .accuracy else { return self }
    if outputWidth == 1 { return .binaryAccuracy(threshold: 0.5) }
    return targetWidth == 1 ? .sparseCategoricalAccuracy : .categoricalAccuracy
  }

  /// Throws if the metric doesn't support these shapes.
  func check(outputWidth: Int, targetWidth: Int) throws {
    let isSparse = targetWidth == 1 && outputWidth > 1
    let fits =
      switch self {
      case .sparseCategoricalAccuracy, .topK(_, sparse: true): targetWidth == 1
      case .categoricalAccuracy, .topK(_, sparse: false): targetWidth == outputWidth
      case .binaryAccuracy, .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2Score,
        .meanAbsolutePercentageError:
        !isSparse
      case .accuracy, .auc, .precision, .recall, .f1Score: true
      }
    guard !fits else { return }
    throw Failure.usage(
      "the metric \(self) can't compare \(counted(outputWidth, "output")) with \(targetWidth) target values",
      remedy: isSparse ? "the targets are class ids" : nil)
  }

  /// The number of sums for `width` outputs.
  func sumCount(width: Int) -> Int {
    switch self {
    case .auc(_, let thresholds): 2 * thresholds
    case .precision, .recall: 2
    case .f1Score: 3 * width
    case .r2Score: 4 * width
    default: 2
    }
  }

  /// Adds the rows to the sums.
  func add(_ rows: LossRows, _ sums: MetricSums) {
    for row in 0..<rows.output.rows {
      let count = rows.count(row)
      guard count != 0 else { continue }
      switch self {
      case .auc(_, let thresholds): addBuckets(rows, row, thresholds, sums, Double(count))
      case .precision(let threshold): addPositives(rows, row, threshold, sums, Double(count))
      case .recall(let threshold): addFound(rows, row, threshold, sums, Double(count))
      case .f1Score(_, let threshold): addClasses(rows, row, threshold, sums, Double(count))
      case .r2Score: addVariances(rows, row, sums, Double(count))
      default:
        sums[0] += Double(count) * mean(rows, row)
        sums[1] += Double(count)
      }
    }
  }

  /// Computes the value from the sums.
  func value(_ sums: [Double], width: Int) -> Double {
    switch self {
    case .auc(let curve, let thresholds): ThresholdCounts(sums, thresholds).area(curve)
    case .f1Score(let average, _): ClassCounts(sums, classes: width).score(average)
    case .r2Score: explainedVariance(sums, width: width)
    case .rootMeanSquaredError: quotient(sums[0], sums[1]).squareRoot()
    default: quotient(sums[0], sums[1])
    }
  }
}

/// `a / b`, or 0 if b is 0, as in Keras.
func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
