// Precision over recall, with the points and the average of scikit-learn's precision_recall_curve and
// average_precision_score.

/// Precision and recall at every threshold, from the lowest on, and the point (0, 1) at the end.
public struct PrecisionRecallCurve: Sendable, Equatable {
  /// TP / P of each point, descending to 0.
  public let recall: [Double]
  /// TP / (TP + FP) of each point; 1 at the end, where no row is taken for positive.
  public let precision: [Double]
  /// The lowest score that is taken for positive at each point; infinite at the last.
  public let thresholds: [Double]
  /// The sum of the precisions at each threshold, each weighted by the recall that it adds: unlike the area under straight
  /// lines, not too optimistic.
  public let averagePrecision: Double
  /// The share of positive rows: the precision of a classifier that guesses.
  public let prevalence: Double

  /// Nil unless there are positive rows: recall would be 0 / 0.
  public init?(_ counts: ScoreCounts) {
    guard counts.positives > 0 else { return nil }
    let positives = Double(counts.positives)
    let found = counts.truePositives.map(Double.init)
    let precision = zip(found, counts.falsePositives).map { $0 / ($0 + Double($1)) }
    let recall = found.map { $0 / positives }
    averagePrecision = zip(zip(recall, [0] + recall), precision).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
    self.recall = recall.reversed() + [0]
    self.precision = precision.reversed() + [1]
    thresholds = counts.thresholds.reversed() + [.infinity]
    prevalence = positives / Double(counts.positives + counts.negatives)
  }
}
