// True and false positives at every threshold of a score, the counts behind ROC and precision-recall curves.

/// The counts of a binary classifier at each distinct score, from the highest on; rows with equal scores are counted
/// together, whatever their order.
public struct ScoreCounts: Sendable, Equatable {
  /// The distinct scores, in descending order; a row is taken for positive if its score is at least the threshold.
  public private(set) var thresholds: [Double] = []
  /// For each threshold, how many positive rows have at least this score.
  public private(set) var truePositives: [Int] = []
  /// For each threshold, how many negative rows have at least this score.
  public private(set) var falsePositives: [Int] = []

  /// - Parameters:
  ///   - scores: finite numbers, higher for rows that are rather positive.
  ///   - positive: whether each row is positive; as many as `scores`.
  public init(scores: [Double], positive: [Bool]) {
    precondition(scores.count == positive.count, "\(scores.count) scores of \(positive.count) rows")
    var (yes, no) = (0, 0)
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    for (place, row) in order.enumerated() {
      if positive[row] { yes += 1 } else { no += 1 }
      guard place + 1 == order.count || scores[order[place + 1]] != scores[row] else { continue }
      thresholds.append(scores[row])
      truePositives.append(yes)
      falsePositives.append(no)
    }
  }

  /// The number of positive rows.
  public var positives: Int { truePositives.last ?? 0 }
  /// The number of negative rows.
  public var negatives: Int { falsePositives.last ?? 0 }
}
