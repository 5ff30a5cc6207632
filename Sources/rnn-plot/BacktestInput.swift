// The picture of a backtest, from the stream of its results.

import Backtests
import Charts
import Failures
import Sequences
import TensorFile

extension PlotInput {
  /// The chart of the results of rnn-backtest: those of the selected target and series, by default the first.
  func backtest() throws -> Chart {
    let reader = try run.reader(path)
    guard let layout = try WindowLayout(header: reader.header), reader.schema["origin"] != nil,
      reader.schema["prediction"] != nil
    else {
      throw Failure.data(
        "these are not the results of a backtest", at: name,
        remedy: "plot the stream that rnn-backtest -o wrote")
    }
    let target = try indices(of: selection.column, in: layout.targets, else: "there is no target").first ?? 0
    let reserved: Set = ["prediction", "y", "time", "origin", "cutoff", "id"]
    let rivals = BacktestCurves.order(
      reader.schema.keys.filter { !reserved.contains($0) && !$0.contains("-lo-") && !$0.contains("-hi-") })
    var curves = BacktestCurves(rivals, targets: layout.targets, horizon: layout.horizon, target: target)
    var series = try SeriesChoice(selection.series, reader.schema)
    while let chunk = try reader.next() { curves.add(series.rows(chunk)) }
    try series.check()
    guard curves.count > 0 else { throw Failure.data("there are no forecasts", at: name) }
    if let note = series.note { run.note(note) }
    return curves.chart(series: series.name, language: language)
  }
}
