// The results of a backtest as CSV: a line for each origin, step and target, as Nixtla's cross-validation has them:
//
//   [unique_id,]cutoff,time,target,y,step,prediction,naive,seasonal_naive,...
//
// where the cutoff is the time of the last known row. A series without times has its number of known rows instead, in
// the column origin.

import Forecasting
import Inference
import Sequences
import Tensor
import TensorFile

/// The lines of a backtest's results.
public struct BacktestTable {
  private let targets: [String]
  private let time: TimeColumn?
  private let values: [String]
  private let hasTimes: Bool
  private let series: String?

  /// - Parameters:
  ///   - first: some results, whose columns determine those of the table.
  ///   - rivals: the statistical methods in the results.
  ///   - time: how times are written.
  ///   - series: the column that names the series; nil if there is only one.
  public init(like first: Chunk, _ rivals: [String], targets: [String], time: TimeColumn?, series: String?) {
    (self.targets, self.time, self.series) = (targets, time, series)
    let columns = Set(first.columns.keys)
    values = (["prediction"] + rivals).flatMap { name in
      [name]
        + IntervalColumns(columns, of: name).levels.flatMap { level in
          ["\(name)-lo-\(levelText(level))", "\(name)-hi-\(levelText(level))"]
        }
    }
    hasTimes = columns.contains("cutoff") && columns.contains("time")
  }

  /// The line with the names of the columns.
  public var header: String {
    ((series.map { [csvField($0)] } ?? []) + (hasTimes ? ["cutoff", "time"] : ["origin"]) + [
      "target", "y", "step",
    ] + values)
    .joined(separator: ",") + "\n"
  }

  /// Calls `body` with every line of some results.
  public func forEachLine(of chunk: Chunk, _ body: (String) throws -> Void) rethrows {
    func doubles(_ name: String) -> [Double] { chunk.columns[name]?.tensor?.doubles ?? [] }
    func integers(_ name: String) -> [Int64] { chunk.columns[name]?.tensor?.values(as: Int64.self) ?? [] }
    let (actual, columns) = (doubles("y"), values.map(doubles))
    let (times, origins) = (integers("time"), integers(hasTimes ? "cutoff" : "origin"))
    let width = actual.count / max(1, chunk.rows)
    let names = series == nil ? [] : chunk.rowNames.map(csvField)
    for index in actual.indices {
      let (row, step) = (index / width, index % width / targets.count)
      var cells = names.isEmpty ? [] : [names[row]]
      cells.append(hasTimes ? text(origins[row]) : "\(origins[row])")
      if hasTimes { cells.append(text(times[row * (width / targets.count) + step])) }
      cells += [csvField(targets[index % targets.count]), number(actual[index]), "\(step + 1)"]
      try body((cells + columns.map { number($0[index]) }).joined(separator: ",") + "\n")
    }
  }

  private func text(_ time: Int64) -> String { self.time?.text(time) ?? "\(time)" }

  /// A missing value is an empty cell.
  private func number(_ value: Double) -> String { value.isNaN ? "" : "\(value)" }
}
