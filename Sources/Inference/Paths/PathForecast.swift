// Forecasts from sample paths: in the units of the data, the median is the prediction, and quantiles are the limits of
// intervals. Each path is converted by itself, so that the quantiles of differences that were added up, or of logarithms,
// are those of the values.

import Anomalies
import Forecasting
import Tensor
import TensorFile

/// Sample paths `[rows, values, paths]` in the units of the data.
struct PathForecast {
  private let values: [Double]
  private let rows: Int
  private let options: PathOptions

  init(_ values: [Double], rows: Int, _ options: PathOptions) {
    (self.values, self.rows, self.options) = (values, rows, options)
  }

  private var count: Int { options.count }
  /// The number of values of a row.
  private var width: Int { rows == 0 ? 0 : values.count / rows / count }

  /// The prediction with its intervals.
  /// - Parameter targets: the input's column with the targets; nil if there is none.
  func output(givenTargets targets: String?) -> Prediction.Output {
    var fractions = [0.5]
    for level in options.levels {
      let half = level / 200
      fractions += [0.5 - half, 0.5 + half]
    }
    var columns = fractions.map { _ in [Double]() }
    for start in stride(from: 0, to: values.count, by: count) {
      let sorted = values[start..<start + count].sorted()
      for (number, fraction) in fractions.enumerated() {
        columns[number].append(quantile(ofSorted: sorted, fraction))
      }
    }
    let shape = [rows, width]
    var output = Prediction.Output(
      name: nil, values: Tensor(columns[0], shape: shape), mask: nil, givenTargets: targets)
    for (number, level) in options.levels.enumerated() {
      let name = levelText(level)
      output.limits["prediction-lo-\(name)"] = Tensor(columns[1 + 2 * number], shape: shape)
      output.limits["prediction-hi-\(name)"] = Tensor(columns[2 + 2 * number], shape: shape)
    }
    if options.areKept { output.paths = Tensor(byPath, shape: [rows, count, width]) }
    return output
  }

  /// `[rows, paths, values]`.
  private var byPath: [Double] {
    var result: [Double] = []
    result.reserveCapacity(values.count)
    for row in 0..<rows {
      for path in 0..<count {
        for number in 0..<width { result.append(values[(row * width + number) * count + path]) }
      }
    }
    return result
  }
}
