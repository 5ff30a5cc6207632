// Parts of predictions, for requests that were answered together.

import Tensor

extension Prediction {
  /// The predictions for some of the rows.
  /// - Parameter rows: the number of rows of all predictions.
  public func rows(_ range: Range<Int>, of rows: Int) -> Prediction {
    Prediction(outputs: outputs.map { $0.rows(range, of: rows) })
  }
}

extension Prediction.Output {
  fileprivate func rows(_ range: Range<Int>, of rows: Int) -> Prediction.Output {
    var result = Prediction.Output(
      name: name, values: values.slice(range), mask: mask.map { Array($0[range.scaled($0.count, rows)]) },
      givenTargets: givenTargets)
    result.limits = limits.mapValues { $0.slice(range) }
    result.paths = paths?.slice(range)
    result.scaled = Array(scaled[range.scaled(scaled.count, rows)])
    return result
  }
}

extension Range<Int> {
  /// The values of the rows, if all `rows` have `count` values.
  fileprivate func scaled(_ count: Int, _ rows: Int) -> Range<Int> {
    let width = count / Swift.max(1, rows)
    return lowerBound * width..<upperBound * width
  }
}
