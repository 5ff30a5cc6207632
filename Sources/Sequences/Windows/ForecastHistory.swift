// What came before a forecast of the future: the targets over the last window, in the units of the data, so that a
// picture or a table can show the forecast as the continuation of its history.

import Tensor
import TensorFile

/// The targets' values at the steps of a series' last window.
struct ForecastHistory {
  private let layout: WindowLayout
  /// Each target's column in the series; nil if the series lacks it.
  private let columns: [Int?]
  private var values: [Double] = []
  private var times: [Int64] = []

  init(_ layout: WindowLayout, series: SeriesSchema) {
    self.layout = layout
    let positions = series.columns.positions
    columns = layout.targets.map { positions[$0] }
  }

  /// Adds the next rows; only those of the last window are kept.
  mutating func append(_ rows: SeriesRows) {
    for row in max(0, rows.rows - layout.inputSpan)..<rows.rows {
      values += columns.map { $0.map { rows.values[row * rows.width + $0] } ?? .nan }
      if let time = rows.times?[row] { times.append(time) }
    }
    values.removeFirst(max(0, values.count - layout.inputSpan * columns.count))
    times.removeFirst(max(0, times.count - layout.inputSpan))
  }

  /// `history` F64 [1, length, targets] and, if the series has times, `history_time` I64 [1, length]; NaN for a
  /// target that the series lacks, and nothing if it lacks all.
  var tensors: [String: Tensor] {
    let steps = stride(from: 0, to: layout.inputSpan, by: layout.rate)
    guard columns.contains(where: { $0 != nil }), values.count == layout.inputSpan * columns.count else {
      return [:]
    }
    let history = steps.flatMap { values[$0 * columns.count..<($0 + 1) * columns.count] }
    var tensors = ["history": Tensor(history, shape: [1, layout.length, columns.count])]
    if times.count == layout.inputSpan {
      tensors["history_time"] = Tensor(steps.map { times[$0] }, shape: [1, layout.length])
    }
    return tensors
  }
}
