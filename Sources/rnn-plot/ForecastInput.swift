// The chart of a stream of predictions: many samples at one step ahead, or all steps of one forecast.

import Charts
import Failures
import TensorFile

extension PlotInput {
  /// The chart of predicted and actual values.
  func forecast() throws -> Chart {
    let reader = try run.reader(path)
    let columns = try ForecastColumns(reader, named: name)
    if let row = selection.row { return try forecastPath(reader, columns, row: row) }
    if columns.hasHistory, selection.step == nil { return try forecastPath(reader, columns, row: 0) }
    return try forecastSamples(reader, columns)
  }

  private func forecastSamples(_ reader: TensorReader, _ columns: ForecastColumns) throws -> Chart {
    let step = selection.step ?? 1
    guard step <= columns.horizon else {
      throw Failure.usage("there is no step \(step); the horizon is \(columns.horizon)", at: "--step")
    }
    let limit = selection.samples ?? (columns.hasTimes ? 500 : 100)
    var samples = ForecastSamples(columns: columns, step: step - 1, limit: limit == 0 ? .max : limit)
    while let chunk = try reader.next() { samples.append(chunk) }
    guard samples.rows > 0 else { throw Failure.data("there are no predictions", at: name) }
    let curves = try samples.curves(targets: targets(columns))
    let note = [stepNote(step, columns), samplesNote(samples)].compactMap { $0 }.joined(separator: ", ")
    return .forecast(curves, hasTimes: columns.hasTimes, note: note, language: language)
  }

  private func forecastPath(_ reader: TensorReader, _ columns: ForecastColumns, row: Int) throws -> Chart {
    let (chunk, rows) = try find(row, in: reader)
    guard let chunk else {
      throw Failure.usage("there is no row \(row); the stream has \(rows)", at: "--row")
    }
    let curves = try columns.path(chunk, targets: targets(columns))
    let note = rows == 1 ? "" : language.pick("row \(row)", "第 \(row) 行")
    var chart = Chart.forecast(curves, hasTimes: columns.hasTimes, note: note, language: language)
    if !columns.hasTimes {
      for index in chart.panels.indices { chart.panels[index].x.label = language.pick("step ahead", "预测步") }
    }
    return chart
  }

  /// The selected targets; by default the first six.
  private func targets(_ columns: ForecastColumns) throws -> [Int] {
    if selection.column.isEmpty { return Array(columns.targets.indices.prefix(6)) }
    return try indices(of: selection.column, in: columns.targets, else: "there is no target")
  }

  private func stepNote(_ step: Int, _ columns: ForecastColumns) -> String? {
    guard columns.horizon > 1 else { return nil }
    return language.pick("step \(step) of \(columns.horizon)", "第 \(step) 步（共 \(columns.horizon) 步）")
  }

  private func samplesNote(_ samples: ForecastSamples) -> String? {
    guard samples.rows > samples.kept else { return nil }
    return language.pick("first \(samples.kept) of \(samples.rows) samples", "前 \(samples.kept) 个样本")
  }
}
