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
    if columns.hasHistory, selection.step == nil {
      return try forecastPath(reader, columns, row: selection.series == nil ? 0 : nil)
    }
    return try forecastSamples(reader, columns)
  }

  private func forecastSamples(_ reader: TensorReader, _ columns: ForecastColumns) throws -> Chart {
    let step = selection.step ?? 1
    guard step <= columns.horizon else {
      throw Failure.usage("there is no step \(step); the horizon is \(columns.horizon)", at: "--step")
    }
    let limit = selection.samples ?? (columns.hasTimes ? 500 : 100)
    var samples = ForecastSamples(columns: columns, step: step - 1, limit: limit == 0 ? .max : limit)
    var series = try SeriesChoice(selection.series, reader.schema)
    while let chunk = try reader.next() { samples.append(series.rows(chunk)) }
    try series.check()
    if let note = series.note { run.note(note) }
    guard samples.rows > 0 else { throw Failure.data("there are no predictions", at: name) }
    let curves = try samples.curves(targets: targets(columns))
    let note = [series.name, stepNote(step, columns), samplesNote(samples)].compactMap { $0 }.joined(
      separator: ", ")
    return .forecast(curves, hasTimes: columns.hasTimes, note: note, language: language)
  }

  /// - Parameter row: the number of the row; nil for the first of the series that the user named.
  private func forecastPath(_ reader: TensorReader, _ columns: ForecastColumns, row: Int?) throws -> Chart {
    let (chunk, note) = try row.map { try forecastRow($0, reader) } ?? firstRow(reader)
    let curves = try columns.path(chunk, targets: targets(columns))
    var chart = Chart.forecast(curves, hasTimes: columns.hasTimes, note: note, language: language)
    if !columns.hasTimes {
      for index in chart.panels.indices { chart.panels[index].x.label = language.pick("step ahead", "预测步") }
    }
    return chart
  }

  private func forecastRow(_ row: Int, _ reader: TensorReader) throws -> (Chunk, note: String) {
    let (chunk, rows) = try find(row, in: reader)
    guard let chunk else {
      throw Failure.usage("there is no row \(row); the stream has \(rows)", at: "--row")
    }
    var series = try SeriesChoice(nil, reader.schema)
    _ = series.rows(chunk)
    if selection.row == nil, rows > 1, let name = series.name {
      run.note("showing series \(name), the first of \(rows) (choose with --series)")
    }
    let note = series.name ?? language.pick("row \(row)", "第 \(row) 行")
    return (chunk, rows == 1 ? series.name ?? "" : note)
  }

  /// The first row of the series that the user named.
  private func firstRow(_ reader: TensorReader) throws -> (Chunk, note: String) {
    var series = try SeriesChoice(selection.series, reader.schema)
    var first: Chunk?
    while let chunk = try reader.next() {
      let rows = series.rows(chunk)
      if first == nil, rows.rows > 0 { first = rows.slice(0..<1) }
    }
    try series.check()
    guard let first else { throw Failure.data("there are no predictions", at: name) }
    return (first, series.name ?? "")
  }

  /// The selected targets; by default the first six.
  func targets(_ columns: ForecastColumns) throws -> [Int] {
    if selection.column.isEmpty { return Array(columns.targets.indices.prefix(6)) }
    return try indices(of: selection.column, in: columns.targets, else: "there is no target")
  }

  func stepNote(_ step: Int, _ columns: ForecastColumns) -> String? {
    guard columns.horizon > 1 else { return nil }
    return language.pick("step \(step) of \(columns.horizon)", "第 \(step) 步（共 \(columns.horizon) 步）")
  }

  private func samplesNote(_ samples: ForecastSamples) -> String? {
    guard samples.rows > samples.kept else { return nil }
    return language.pick("first \(samples.kept) of \(samples.rows) samples", "前 \(samples.kept) 个样本")
  }
}
