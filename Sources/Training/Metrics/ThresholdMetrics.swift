// Metrics based on positives and negatives: precision, recall, F1 and the area under a curve
// (keras/src/metrics/confusion_metrics.py, f_score_metrics.py). Class ids are treated as one-hot rows.

import Glibc

extension LossRows {
  /// Whether target `column` of a row is positive.
  func isPositive(_ row: Int, _ column: Int) -> Bool {
    targets.columns == output.columns ? targets[row, column] != 0 : targets[row, 0] == Float(column)
  }
}

extension Metric {
  /// Counts true positives and predicted positives.
  func addPositives(
    _ rows: LossRows, _ row: Int, _ threshold: Float, _ sums: MetricSums, _ count: Double
  ) {
    for j in 0..<rows.output.columns where rows.output[row, j] > threshold {
      if rows.isPositive(row, j) { sums[0] += count }
      sums[1] += count
    }
  }

  /// Counts true positives and positive targets.
  func addFound(_ rows: LossRows, _ row: Int, _ threshold: Float, _ sums: MetricSums, _ count: Double) {
    for j in 0..<rows.output.columns where rows.isPositive(row, j) {
      if rows.output[row, j] > threshold { sums[0] += count }
      sums[1] += count
    }
  }

  /// Counts true positives, false positives and false negatives of each class.
  func addClasses(_ rows: LossRows, _ row: Int, _ threshold: Float?, _ sums: MetricSums, _ count: Double) {
    let width = rows.output.columns
    var largest: Float = 0.5
    if width > 1 {
      largest = rows.output[row, 0]
      for j in 1..<width { largest = max(largest, rows.output[row, j]) }
    }
    for j in 0..<width {
      let output = rows.output[row, j]
      let isPredicted =
        if let threshold { output > threshold } else if width == 1 { output > largest } else {
          // A row of zeros predicts nothing.
          output >= largest && abs(output) > 1e-9
        }
      switch (isPredicted, rows.isPositive(row, j)) {
      case (true, true): sums[3 * j] += count
      case (true, false): sums[3 * j + 1] += count
      case (false, true): sums[3 * j + 2] += count
      case (false, false): break
      }
    }
  }

  /// Counts positive and negative targets by the last threshold that their output exceeds: first the buckets of the
  /// positives, then those of the negatives.
  func addBuckets(_ rows: LossRows, _ row: Int, _ thresholds: Int, _ sums: MetricSums, _ count: Double) {
    for j in 0..<rows.output.columns {
      // Comparisons with NaN are false, so that it counts as 0.
      let p = min(max(0, rows.output[row, j]), 1)
      let bucket = max(0, Int((p * Float(thresholds - 1)).rounded(.up)) - 1)
      sums[(rows.isPositive(row, j) ? 0 : thresholds) + bucket] += count
    }
  }
}

/// The numbers of true and false positives at evenly spaced thresholds.
struct ThresholdCounts {
  private let truePositives: [Double]
  private let falsePositives: [Double]

  /// From the sums of `Metric.addBuckets`.
  init(_ sums: [Double], _ thresholds: Int) {
    truePositives = Self.cumulative(sums[..<thresholds])
    falsePositives = Self.cumulative(sums[thresholds...])
  }

  /// Cumulative sums of the buckets, from the last to the first.
  private static func cumulative(_ buckets: ArraySlice<Double>) -> [Double] {
    var (result, sum) = (Array(buckets), 0.0)
    for index in result.indices.reversed() {
      sum += result[index]
      result[index] = sum
    }
    return result
  }

  /// The area under the curve. The first threshold is below 0, so all targets count as positives there.
  func area(_ curve: Metric.Curve) -> Double {
    var area = 0.0
    for index in 0..<truePositives.count - 1 {
      area += curve == .roc ? strip(index) : precisionStrip(index)
    }
    return area
  }

  private func strip(_ index: Int) -> Double {
    let (positives, negatives) = (truePositives[0], falsePositives[0])
    let step = quotient(falsePositives[index], negatives) - quotient(falsePositives[index + 1], negatives)
    let height = quotient(truePositives[index], positives) + quotient(truePositives[index + 1], positives)
    return step * height / 2
  }

  /// The area between two thresholds where true and false positives grow evenly (Davis and Goadrich 2006).
  private func precisionStrip(_ index: Int) -> Double {
    let before = truePositives[index] + falsePositives[index]
    let after = truePositives[index + 1] + falsePositives[index + 1]
    let gain = truePositives[index] - truePositives[index + 1]
    let slope = quotient(gain, max(before - after, 0))
    let intercept = truePositives[index + 1] - slope * after
    let ratio = before > 0 && after > 0 ? before / after : 1
    return quotient(slope * (gain + intercept * log(ratio)), truePositives[0])
  }
}

/// The true positives, false positives and false negatives of each class.
struct ClassCounts {
  private let classes: [(truePositives: Double, falsePositives: Double, falseNegatives: Double)]

  /// From the sums of `Metric.addClasses`.
  init(_ sums: [Double], classes: Int) {
    self.classes = (0..<classes).map { (sums[3 * $0], sums[3 * $0 + 1], sums[3 * $0 + 2]) }
  }

  /// The average of the classes' F1 scores.
  func score(_ average: Metric.Average) -> Double {
    let scores = classes.map(Self.score)
    switch average {
    case .macro: return scores.reduce(0, +) / Double(scores.count)
    case .weighted:
      let supports = classes.map { $0.truePositives + $0.falseNegatives }
      let total = supports.reduce(0, +) + Self.epsilon
      return zip(scores, supports).reduce(0) { $0 + $1.0 * $1.1 / total }
    case .micro:
      return Self.score(
        classes.reduce((0, 0, 0)) {
          ($0.0 + $1.truePositives, $0.1 + $1.falsePositives, $0.2 + $1.falseNegatives)
        })
    }
  }

  private static func score(_ counts: (truePositives: Double, falsePositives: Double, falseNegatives: Double))
    -> Double
  {
    let precision = counts.truePositives / (counts.truePositives + counts.falsePositives + epsilon)
    let recall = counts.truePositives / (counts.truePositives + counts.falseNegatives + epsilon)
    return 2 * precision * recall / (precision + recall + epsilon)
  }

  /// Added to divisors, as in Keras.
  private static let epsilon = 1e-7
}
