// Windows of series as sequences for autoregressive training: a network reads a value and predicts the distribution of the
// next one, over the window and the horizon alike, as DeepAR is trained (Salinas et al. 2020, section 3). Of a window with
// L steps and H steps to forecast:
//
//   x        [L, F]          ->  [L + H - 1, F]   x, then y without its last step
//   y        [H, F]          ->  [L + H - 1, F]   x without its first step, then y: the value after each step
//   known    [L + H, K]      ->  [L + H - 1, K]   without its first step: what is known of the step that is predicted
//
// Other inputs stay as they are. Counts are predicted as they were read: each is followed by what it was divided by.

import Failures
import Networks

/// How windows become sequences.
public struct UnrolledWindows: Sendable {
  /// What windows are divided by in scaling.
  public enum Factors: Sendable {
    /// The factor of each column, the same in all rows.
    case common([Double])
    /// Those of the stream's column `factor`.
    case ofRows
  }

  private let steps: Int
  private let width: Int
  private let horizon: Int
  private let distribution: ForecastDistribution
  let factors: Factors

  /// - Parameters:
  ///   - steps: the steps of a window.
  ///   - width: the columns of a step, which are also those to forecast.
  ///   - horizon: the number of steps to forecast.
  ///   - factors: by what the columns were multiplied in scaling, for counts.
  public init(
    steps: Int, width: Int, horizon: Int, _ distribution: ForecastDistribution, _ factors: Factors
  ) {
    (self.steps, self.width, self.horizon) = (steps, width, horizon)
    (self.distribution, self.factors) = (distribution, factors)
  }

  /// The number of steps of a sequence.
  private var length: Int { steps + horizon - 1 }

  /// The shape of an input of sequences.
  /// - Parameter name: the input's column.
  func shape(_ shape: ValueShape, column name: String) -> ValueShape {
    ["x", "known"].contains(name) ? shape.with(steps: length) : shape
  }

  /// The sequences of windows.
  /// - Parameters:
  ///   - columns: the columns of the inputs.
  ///   - factors: the factors of each row's columns, `[rows, width]`, if they differ from row to row.
  ///   - firstRow: the number of the first row, for messages.
  /// - Throws: `Failure` (data) if a value is not a count, but counts are predicted.
  public func sequences(
    _ data: DataSet, columns: [String], factors: [Double], firstRow: Int = 0
  ) throws -> DataSet {
    guard let targets = data.targets.first, let number = columns.firstIndex(of: "x"),
      case .features(let x) = data.inputs[number], targets.width == horizon * width
    else { throw Failure.data("distributions are predicted from windows with the columns x and y") }
    let whole = joined(x, targets.values, rows: data.rows)
    let inputs = zip(columns, data.inputs).map { name, input -> DataSet.Input in
      switch (name, input) {
      case ("x", _): .features(part(whole, 0..<length, rows: data.rows))
      case ("known", .features(let values)): .features(part(values, 1..<length + 1, rows: data.rows))
      default: input
      }
    }
    let next = part(whole, 1..<length + 1, rows: data.rows)
    let values = distribution.isOfCounts ? try counts(next, firstRow: firstRow, factors) : next
    return DataSet(
      rows: data.rows, inputs: inputs,
      targets: [DataSet.Targets(values, width: length * width * distribution.valuesPerTarget)],
      weights: data.weights)
  }

  /// `[rows, steps + horizon, width]`.
  private func joined(_ x: [Float], _ y: [Float], rows: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(x.count + y.count)
    for row in 0..<rows {
      result += x[row * steps * width..<(row + 1) * steps * width]
      result += y[row * horizon * width..<(row + 1) * horizon * width]
    }
    return result
  }

  /// Some of the steps of rows that have `steps + horizon`.
  private func part(_ values: [Float], _ range: Range<Int>, rows: Int) -> [Float] {
    let each = rows == 0 ? 0 : values.count / rows / (steps + horizon)
    var result: [Float] = []
    result.reserveCapacity(rows * range.count * each)
    for row in 0..<rows {
      let start = row * (steps + horizon) * each
      result += values[start + range.lowerBound * each..<start + range.upperBound * each]
    }
    return result
  }

  /// Each value as the count that it was before scaling, and by what it was divided.
  private func counts(_ scaled: [Float], firstRow: Int, _ ofRows: [Double]) throws -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(2 * scaled.count)
    for (index, value) in scaled.enumerated() {
      let (row, column) = (index / (length * width), index % width)
      let factor = try self.factor(row, column, ofRows)
      let given = Double(value) / factor
      let count = given.rounded()
      guard count >= 0, abs(given - count) <= 1e-3 + 1e-6 * count else {
        throw Failure.data(
          "a value is \(count < 0 ? "negative" : "not a whole number") (\(Float(given))), but "
            + "\(distribution.rawValue) is for counts", at: "row \(firstRow + row) of its part",
          remedy: "use --distribution student_t")
      }
      result.append(Float(count))
      result.append(Float(1 / factor))
    }
    return result
  }

  private func factor(_ row: Int, _ column: Int, _ ofRows: [Double]) throws -> Double {
    switch factors {
    case .common(let factors): return factors[column]
    case .ofRows:
      guard ofRows.count > row * width + column else {
        throw Failure.data(
          "there is no column factor, by which each row is scaled",
          remedy: "create the windows with rnn-window"
        )
      }
      return ofRows[row * width + column]
    }
  }
}
