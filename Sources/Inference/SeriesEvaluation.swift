// The errors of each of several series, and what they say together: a mean over all windows hides the series that are
// forecast badly.

import Forecasting
import Sequences
import Tensor
import TensorFile

/// The errors of the series of a panel, accumulated over chunks.
struct SeriesEvaluation {
  /// The most series in a table.
  private static let shown = 10

  private struct Entry {
    var own = ForecastErrors()
    var naive = ForecastErrors()
    var windows = 0
  }

  private var entries: [String: Entry] = [:]

  /// Adds the windows of a chunk; nothing if they have no names.
  /// - Parameter naive: the naive forecasts of the windows; nil if there are none.
  mutating func add(_ prediction: [Double], targets: [Double], naive: [Double]?, _ chunk: Chunk) {
    guard let ids = chunk.columns["id"]?.ragged, let bytes = ids.values.values(as: UInt8.self), chunk.rows > 0
    else { return }
    let (offsets, width) = (ids.offsets, targets.count / chunk.rows)
    for row in 0..<chunk.rows {
      let name = String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
      let range = row * width..<(row + 1) * width
      let actual = Array(targets[range])
      entries[name, default: Entry()].own.add(Array(prediction[range]), targets: actual)
      if let naive { entries[name, default: Entry()].naive.add(Array(naive[range]), targets: actual) }
      entries[name, default: Entry()].windows += 1
    }
  }

  /// The number of series; the mean, median and largest of their mean absolute errors; and how many series have a
  /// smaller one than the naive forecast. Empty if the windows have no names.
  var values: [(String, Double)] {
    let errors = entries.values.map(\.own.mae).sorted()
    guard let worst = errors.last else { return [] }
    let (middle, other) = (errors[errors.count / 2], errors[(errors.count - 1) / 2])
    var values: [(String, Double)] = [
      ("series", Double(errors.count)), ("series_mae_mean", errors.reduce(0, +) / Double(errors.count)),
      ("series_mae_median", (middle + other) / 2), ("series_mae_max", worst),
    ]
    if entries.values.contains(where: { $0.naive.count > 0 }) {
      values.append(("series_below_naive", Double(entries.values.count { $0.own.mae < $0.naive.mae })))
    }
    return values
  }

  /// The table of the series with the largest errors; empty if there is only one series.
  /// - Parameter number: formats a value.
  func lines(number: (Double) -> String) -> [String] {
    guard entries.count > 1 else { return [] }
    let order = entries.sorted { ($0.value.own.mae, $1.key) > ($1.value.own.mae, $0.key) }
    let hasNaive = order.contains { $0.value.naive.count > 0 }
    let header = ["series", "windows", "mae", "rmse"] + (hasNaive ? ["naive_mae"] : [])
    let rows = order.prefix(Self.shown).map { name, entry in
      [name, "\(entry.windows)", number(entry.own.mae), number(entry.own.rmse)]
        + (hasNaive ? [number(entry.naive.mae)] : [])
    }
    let rest =
      entries.count > Self.shown ? ["... the \(Self.shown) largest errors of \(entries.count) series"] : []
    return alignedLines([header] + rows) + rest
  }
}
