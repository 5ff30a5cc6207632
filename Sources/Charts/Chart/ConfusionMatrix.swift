// Counts of true and predicted classes.

/// How often each pair of true class (row) and predicted class (column) occurs.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The class names, in id order.
  public var names: [String]
  /// `counts[true][predicted]`, one row and one column per class.
  public var counts: [[Int]]

  /// Traps unless `counts` has one row and one column per name (a programming error).
  public init(names: [String], counts: [[Int]]) {
    let isSquare = counts.count == names.count && counts.allSatisfy { $0.count == names.count }
    precondition(isSquare, "the confusion matrix must have one row and one column per class")
    self.names = names
    self.counts = counts
  }

  /// The fraction of a true class's rows that were predicted as a class; 0 for a class without rows.
  public func fraction(_ row: Int, _ column: Int) -> Double {
    let total = counts[row].reduce(0, +)
    return total == 0 ? 0 : Double(counts[row][column]) / Double(total)
  }
}
