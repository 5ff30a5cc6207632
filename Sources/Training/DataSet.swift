// The rows that a network trains on or is judged by, in memory, row-major as they came.

/// Inputs and targets of the same rows.
public struct DataSet: Sendable {
  /// What a row's input is made of.
  public enum Input: Sendable {
    /// Token ids, `[rows, steps]`.
    case tokens([Int32])
    /// Numbers, `[rows, steps, features]`.
    case features([Float])
  }

  /// How many rows there are.
  public let rows: Int
  /// The inputs of all rows.
  public let input: Input
  /// The targets of all rows, `[rows, targetWidth]`: numbers, or class labels as whole numbers.
  public let targets: [Float]
  /// Numbers of a row's target.
  public let targetWidth: Int
  /// What each row counts in the loss, `[rows]`, or each of its steps, `[rows, steps]`; empty where all
  /// count 1.
  public let weights: [Float]

  /// Traps where `targets` is not `[rows, targetWidth]`, or `weights` don't part evenly among the rows; the
  /// caller has checked the shapes.
  public init(rows: Int, input: Input, targets: [Float], targetWidth: Int, weights: [Float] = []) {
    precondition(targets.count == rows * targetWidth, "targets of another shape")
    precondition(weights.count == 0 || weights.count % rows == 0, "weights of another shape")
    self.rows = rows
    self.input = input
    self.targets = targets
    self.targetWidth = targetWidth
    self.weights = weights
  }

  /// The same rows with other weights.
  public func weighted(_ weights: [Float]) -> DataSet {
    DataSet(rows: rows, input: input, targets: targets, targetWidth: targetWidth, weights: weights)
  }

  /// The rows of `range`, copied.
  public func slice(_ range: Range<Int>) -> DataSet {
    let part: Input =
      switch input {
      case .tokens(let values): .tokens(Array(values[scaled(range, values.count)]))
      case .features(let values): .features(Array(values[scaled(range, values.count)]))
      }
    let targets = Array(targets[scaled(range, self.targets.count)])
    return DataSet(
      rows: range.count, input: part, targets: targets, targetWidth: targetWidth,
      weights: Array(weights[scaled(range, weights.count)]))
  }

  private func scaled(_ range: Range<Int>, _ count: Int) -> Range<Int> {
    let width = rows == 0 ? 0 : count / rows
    return range.lowerBound * width..<range.upperBound * width
  }
}
