// The forecasts of a backtest in a file: a stream, or CSV.

import Backtests
import Sequences
import Stage
import TensorFile

/// Writes forecasts as they come, in the order of the origins.
final class BacktestOutput {
  private let command: Backtest
  private let run: StageRun
  private let backtest: RollingBacktest
  private var stream: OutputStream?
  private var table: (file: OutputFile, form: BacktestTable)?

  init(_ command: Backtest, _ run: StageRun, _ backtest: RollingBacktest) {
    (self.command, self.run, self.backtest) = (command, run, backtest)
  }

  func write(_ chunk: Chunk) throws {
    guard command.writesTable else {
      let stream = try self.stream ?? run.writer(command.output, header: backtest.header)
      self.stream = stream
      return try stream.write(chunk)
    }
    let table = try self.table ?? begin(chunk)
    self.table = table
    try table.form.forEachLine(of: chunk) { try table.file.write($0) }
  }

  private func begin(_ chunk: Chunk) throws -> (file: OutputFile, form: BacktestTable) {
    let form = BacktestTable(
      like: chunk, backtest.rivals.map(\.key), targets: backtest.targets,
      time: try TimeColumn(header: backtest.header), series: backtest.column)
    let file = try run.file(command.output)
    try file.write(form.header)
    return (file, form)
  }

  func finish() throws {
    try stream?.finish()
    try table?.file.finish()
  }
}
