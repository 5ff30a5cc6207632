// The first samples of a stream of predictions, at one step ahead.

import Charts
import Forecasting
import Tensor
import TensorFile

/// The first samples of a stream of predictions at one step ahead.
struct ForecastSamples {
  let columns: ForecastColumns
  let step: Int
  let limit: Int
  /// The number of rows in the stream.
  private(set) var rows = 0
  private var times: [Double] = []
  private var actual: [Double] = []
  private var prediction: [Double] = []
  /// The limits of intervals, by the name of their column.
  private var limits: [String: [Double]] = [:]

  init(columns: ForecastColumns, step: Int, limit: Int) {
    (self.columns, self.step, self.limit) = (columns, step, limit)
  }

  /// The number of rows shown.
  var kept: Int { min(rows, limit) }

  mutating func append(_ chunk: Chunk) {
    let count = max(0, min(chunk.rows, limit - rows))
    rows += chunk.rows
    guard count > 0 else { return }
    let width = columns.targets.count
    prediction += values(chunk.columns["prediction"]?.tensor, rows: count, width: width)
    for name in columns.levels.map(levelText).flatMap({ ["prediction-lo-\($0)", "prediction-hi-\($0)"] }) {
      limits[name, default: []] += values(chunk.columns[name]?.tensor, rows: count, width: width)
    }
    if columns.hasActual { actual += values(chunk.columns["y"]?.tensor, rows: count, width: width) }
    if columns.hasTimes { times += values(chunk.columns["time"]?.tensor, rows: count, width: 1) }
  }

  /// The `width` values at the step, for each of the first `rows` rows.
  private func values(_ tensor: Tensor?, rows: Int, width: Int) -> [Double] {
    guard let tensor else { return [] }
    let elements = tensor.slice(0..<rows).doubles
    return (0..<rows).flatMap { row in
      let start = (row * columns.horizon + step) * width
      return elements[start..<start + width]
    }
  }

  /// One curve per chosen target, sorted by time if there are times.
  func curves(targets chosen: [Int]) -> [ForecastCurve] {
    let order = columns.hasTimes ? (0..<kept).sorted { times[$0] < times[$1] } : Array(0..<kept)
    let x = columns.hasTimes ? order.map { times[$0] } : order.map(Double.init)
    return chosen.map { target in
      let indices = order.map { $0 * columns.targets.count + target }
      var curve = ForecastCurve(
        target: columns.targets[target], x: x, actual: columns.hasActual ? indices.map { actual[$0] } : [],
        prediction: indices.map { prediction[$0] })
      curve.bands = columns.bands { name in indices.map { limits[name]?[$0] ?? .nan } }
      return curve
    }
  }
}
