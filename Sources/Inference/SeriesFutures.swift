// The future of several series, or of one with more than its own columns: one window for each, made while it is predicted.

import Failures
import Sequences
import TensorFile

/// The windows after which forecasts begin.
final class SeriesFutures {
  /// The header of the windows.
  let header: StreamHeader
  private let panel: SeriesPanel
  private var forecaster: PanelForecaster

  /// The series of a CSV file.
  init(
    _ csv: inout SeriesCSV, _ model: LoadedModel, _ settings: WindowSettings, _ form: CSVForm,
    _ gaps: GapPolicy?,
    _ short: ShortSeriesPolicy?
  ) throws {
    panel = try csv.panel == nil ? SeriesPanel(single: RereadableSeries(&csv)) : SeriesPanel(&csv)
    (header, forecaster) = try Self.prepare(
      panel, model, settings, form, gaps, short, StreamHeader(kind: "windows"))
  }

  /// The series of a stream; nil if it has a single series and the model reads no more than that, or none.
  init?(
    _ reader: TensorReader, _ model: LoadedModel, _ fill: Fill?, _ gaps: GapPolicy?,
    _ short: ShortSeriesPolicy?
  )
    throws
  {
    guard reader.header.kind == "series", let settings = model.windows,
      SeriesPanel.holdsSeries(reader) || settings.isExtended
    else { return nil }
    var form = try CSVForm(header: reader.header) ?? CSVForm()
    form.fill = fill ?? form.fill
    panel =
      try SeriesPanel.holdsSeries(reader)
      ? SeriesPanel(reader) : SeriesPanel(single: RereadableSeries(reader))
    (header, forecaster) = try Self.prepare(panel, model, settings, form, gaps, short, reader.header)
  }

  private static func prepare(
    _ panel: SeriesPanel, _ model: LoadedModel, _ settings: WindowSettings, _ form: CSVForm,
    _ gaps: GapPolicy?,
    _ short: ShortSeriesPolicy?, _ input: StreamHeader
  ) throws -> (StreamHeader, PanelForecaster) {
    try settings.check(panel)
    let times = try PanelTimes(panel, gaps: gaps ?? model.time?.gaps ?? .error, like: model.time)
    var header = input
    panel.write(into: &header)
    times?.column.write(into: &header)
    return (
      header,
      try PanelForecaster(
        settings, panel.schema, times: times, fill: form.fill, short: short ?? settings.panel?.short ?? .drop,
        numbers: form.numbers)
    )
  }

  /// Calls `body` with chunks of windows.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    try panel.forEach { try forecaster.add($0, body) }
    try forecaster.finish(body)
  }

  /// What the user should know about the series so far.
  var warnings: [String] { forecaster.warnings }
}
