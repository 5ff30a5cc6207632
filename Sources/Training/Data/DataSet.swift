// The rows that a network is trained or evaluated on, in memory, row-major in their original order.

/// The inputs and targets of a set of rows.
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
    /// `[rows, width]`: numbers, or class ids as integers.
    public let values: [Float]
    /// The number of values in a row's target.
    public let width: Int

    /// Targets with `width` values per row.
    public init(_ values: [Float], width: Int) {
      self.values = values
      self.width = width
    }
  }

  /// The number of rows.
  public let rows: Int
  /// The inputs of all rows, in the order of the network's inputs.
  public let inputs: [Input]
  /// The targets of all rows, in the order of the network's outputs; empty if there are none.
  public let targets: [Targets]
  /// The weight of each row in the loss, `[rows]`, or of each of its steps, `[rows, steps]`; empty if all
  /// weights are 1.
  public let weights: [Float]

  /// Traps if the targets are not `[rows, width]`, or the number of weights is not a multiple of the number of rows;
  /// the caller must have checked the shapes.
  public init(rows: Int, inputs: [Input], targets: [Targets], weights: [Float] = []) {
    for target in targets {
      precondition(target.values.count == rows * target.width, "targets have the wrong shape")
    }
    precondition(weights.count == 0 || weights.count % rows == 0, "weights have the wrong shape")
    self.rows = rows
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
  }

  /// Rows for one input and one output; without targets if `targetWidth` is 0.
  public init(rows: Int, input: Input, targets: [Float], targetWidth: Int, weights: [Float] = []) {
    self.init(
      rows: rows, inputs: [input],
      targets: targetWidth == 0 ? [] : [Targets(targets, width: targetWidth)], weights: weights)
  }

  /// The same rows with other weights.
  public func weighted(_ weights: [Float]) -> DataSet {
    DataSet(rows: rows, inputs: inputs, targets: targets, weights: weights)
  }

  /// A copy of the rows in `ranges`, one after the other.
  public func rows(in ranges: [Range<Int>]) -> DataSet {
    DataSet(
      rows: ranges.reduce(0) { $0 + $1.count },
      inputs: inputs.map { input in
        switch input {
        case .tokens(let values): .tokens(joined(values, ranges, of: rows))
        case .features(let values): .features(joined(values, ranges, of: rows))
        }
      },
      targets: targets.map { Targets(joined($0.values, ranges, of: rows), width: $0.width) },
      weights: joined(weights, ranges, of: rows))
  }

  /// A copy of the rows in `range`.
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

/// The values of the rows in `ranges`, if `rows` rows have `values` in total.
func joined<T>(_ values: [T], _ ranges: [Range<Int>], of rows: Int) -> [T] {
  var result: [T] = []
  result.reserveCapacity(ranges.reduce(0) { $0 + scaled($1, values.count, rows).count })
  for range in ranges { result += values[scaled(range, values.count, rows)] }
  return result
}

/// The range of values of the rows in `range`, if `rows` rows have `count` values in total.
private func scaled(_ range: Range<Int>, _ count: Int, _ rows: Int) -> Range<Int> {
  let width = rows == 0 ? 0 : count / rows
  return range.lowerBound * width..<range.upperBound * width
}
