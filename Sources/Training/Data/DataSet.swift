// The rows that a network trains on or is evaluated with, in memory, row-major as they came.

/// Inputs and targets of the same rows.
public struct DataSet: Sendable {
  /// The rows of one of the network's inputs.
  public enum Input: Sendable {
    /// Token ids, `[rows, steps]`.
    case tokens([Int32])
    /// Numbers, `[rows, steps, features]`.
    case features([Float])
  }

  /// The targets of one of the network's outputs.
  public struct Targets: Sendable {
    /// `[rows, width]`: numbers, or class labels as whole numbers.
    public let values: [Float]
    /// Numbers of a row's target.
    public let width: Int

    /// `values` of rows of `width` numbers.
    public init(_ values: [Float], width: Int) {
      self.values = values
      self.width = width
    }
  }

  /// How many rows there are.
  public let rows: Int
  /// The inputs of all rows, in the order of the network's inputs.
  public let inputs: [Input]
  /// The targets of all rows, in the order of the network's outputs; empty where there are none.
  public let targets: [Targets]
  /// What each row counts in the loss, `[rows]`, or each of its steps, `[rows, steps]`; empty where all
  /// count 1.
  public let weights: [Float]

  /// Traps where targets are not `[rows, width]`, or `weights` can't be divided among the rows; the caller has
  /// checked the shapes.
  public init(rows: Int, inputs: [Input], targets: [Targets], weights: [Float] = []) {
    for target in targets {
      precondition(target.values.count == rows * target.width, "targets of another shape")
    }
    precondition(weights.count == 0 || weights.count % rows == 0, "weights of another shape")
    self.rows = rows
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
  }

  /// Rows of one input and one output; without targets where `targetWidth` is 0.
  public init(rows: Int, input: Input, targets: [Float], targetWidth: Int, weights: [Float] = []) {
    self.init(
      rows: rows, inputs: [input],
      targets: targetWidth == 0 ? [] : [Targets(targets, width: targetWidth)], weights: weights)
  }

  /// The same rows with other weights.
  public func weighted(_ weights: [Float]) -> DataSet {
    DataSet(rows: rows, inputs: inputs, targets: targets, weights: weights)
  }

  /// The rows of `range`, copied.
  public func slice(_ range: Range<Int>) -> DataSet {
    DataSet(
      rows: range.count, inputs: inputs.map { $0.slice(range, of: rows) },
      targets: targets.map {
        Targets(Array($0.values[scaled(range, $0.values.count, rows)]), width: $0.width)
      },
      weights: Array(weights[scaled(range, weights.count, rows)]))
  }
}

extension DataSet.Input {
  fileprivate func slice(_ range: Range<Int>, of rows: Int) -> DataSet.Input {
    switch self {
    case .tokens(let values): .tokens(Array(values[scaled(range, values.count, rows)]))
    case .features(let values): .features(Array(values[scaled(range, values.count, rows)]))
    }
  }
}

/// The numbers of some of `rows` rows, of `count` in all.
private func scaled(_ range: Range<Int>, _ count: Int, _ rows: Int) -> Range<Int> {
  let width = rows == 0 ? 0 : count / rows
  return range.lowerBound * width..<range.upperBound * width
}
