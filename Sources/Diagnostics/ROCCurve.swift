// The receiver operating characteristic (Fawcett, "An introduction to ROC analysis", 2006), with the points and the area of
// scikit-learn's roc_curve and auc.

/// The true positive rate over the false positive rate, from (0, 0) to (1, 1).
public struct ROCCurve: Sendable, Equatable {
  /// FP / N of each point, ascending.
  public private(set) var falsePositiveRate: [Double]
  /// TP / P of each point, ascending.
  public private(set) var truePositiveRate: [Double]
  /// The lowest score that is taken for positive at each point; infinite at the first, where no row is.
  public private(set) var thresholds: [Double]
  /// The area under the curve by trapezoids: the probability that a positive row has a higher score than a negative one,
  /// where a tie counts half.
  public let area: Double

  /// Nil unless there are positive and negative rows: one of the rates would be 0 / 0.
  public init?(_ counts: ScoreCounts) {
    guard counts.positives > 0, counts.negatives > 0 else { return nil }
    let corners = Self.corners(counts)
    let (positives, negatives) = (Double(counts.positives), Double(counts.negatives))
    falsePositiveRate = [0] + corners.map { Double(counts.falsePositives[$0]) / negatives }
    truePositiveRate = [0] + corners.map { Double(counts.truePositives[$0]) / positives }
    thresholds = [.infinity] + corners.map { counts.thresholds[$0] }
    area = trapezoids(falsePositiveRate, truePositiveRate)
  }

  /// The points that differ from the middle of a straight line through equal steps: all that a drawing needs.
  private static func corners(_ counts: ScoreCounts) -> [Int] {
    let (yes, no) = (counts.truePositives, counts.falsePositives)
    return yes.indices.filter { index in
      guard index > 0, index + 1 < yes.count else { return true }
      return yes[index + 1] - yes[index] != yes[index] - yes[index - 1]
        || no[index + 1] - no[index] != no[index] - no[index - 1]
    }
  }
}

/// The area under straight lines between points with ascending `x`.
func trapezoids(_ x: [Double], _ y: [Double]) -> Double {
  zip(zip(x, x.dropFirst()), zip(y, y.dropFirst())).reduce(0) { area, sides in
    let ((left, right), (low, high)) = sides
    return area + (right - left) * (low + high) / 2
  }
}
