// Windows of several series: the same as those of each series alone, whatever the chunks, and their forecasts.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

/// A panel from the text of a CSV file.
func makePanel(_ csv: String, statics: [String] = []) throws -> SeriesPanel {
  var options = SeriesCSVOptions()
  options.recognizesPanels = true
  options.statics = ColumnList(exactly: statics)
  var reader = try SeriesCSV(ByteFeed(csv), named: "f", options)
  return try SeriesPanel(&reader)
}

/// All windows of a panel as one chunk, and how they were made.
func cut(
  _ panel: SeriesPanel, _ request: WindowRequest, gaps: GapPolicy = .error, fill: Fill? = nil
) throws -> (chunk: Chunk, settings: WindowSettings, windower: PanelWindower) {
  let times = try PanelTimes(panel, gaps: gaps)
  let settings = try WindowSettings(
    fitting: request, to: panel, times: times, fill: fill, respectsParts: false, numbers: NumberFormat())
  var windower = try PanelWindower(
    settings, panel.schema, times: times, fill: fill, respectsParts: false, numbers: NumberFormat())
  var chunks: [Chunk] = []
  try panel.forEach { try windower.add($0) { chunks.append($0) } }
  try windower.finish { chunks.append($0) }
  return (try #require(Chunk.joined(chunks)), settings, windower)
}

@Suite struct PanelTests {
  /// Series of different lengths, values and beginnings, daily.
  private func csv(_ lengths: [Int]) -> (text: String, series: [[Double]]) {
    var (text, all) = ("unique_id,ds,a,y\n", [[Double]]())
    for (number, length) in lengths.enumerated() {
      var values: [Double] = []
      for row in 0..<length {
        let (a, y) = (Double((row * 7 + number) % 11), Double(number * 100) + Double((row * row) % 17) / 4)
        text += "s\(number),2022-0\(number + 1)-\(row < 9 ? "0" : "")\(row + 1),\(a),\(y)\n"
        values += [a, y]
      }
      all.append(values)
    }
    return (text, all)
  }

  @Test(arguments: [ScaleKind.none, .standard, .minmax, .robust])
  func windowsAreThoseOfEachSeriesAlone(_ kind: ScaleKind) throws {
    let (text, all) = csv([9, 5, 20, 6])
    let layout = try WindowLayout(length: 3, horizon: 2, stride: 2, inputs: ["a", "y"], targets: ["y"])
    var request = WindowRequest(layout)
    (request.scale, request.scope) = (kind, .series)
    let (chunk, settings, windower) = try cut(makePanel(text), request)
    var (x, y, actual) = ([Float](), [Float](), [Double]())
    for values in all {
      let alone = try cut(makeSeries(["a", "y"], values), layout, scale: kind).chunk
      x += alone.columns["x"]?.tensor?.floats ?? []
      y += alone.columns["y"]?.tensor?.floats ?? []
      actual += alone.columns["actual"]?.tensor?.doubles ?? []
    }
    #expect(chunk.columns["x"]?.tensor?.floats == x)
    #expect(chunk.columns["y"]?.tensor?.floats == y)
    #expect(chunk.columns["actual"]?.tensor?.doubles == actual)
    #expect(windower.series == 4 && windower.counts.parts[0] == chunk.rows)
    try expectActual(chunk, settings)
  }

  @Test func commonScalingIsThatOfAllRows() throws {
    let (text, all) = csv([9, 8])
    let layout = try WindowLayout(length: 3, inputs: ["a", "y"], targets: ["y"])
    var request = WindowRequest(layout)
    request.scale = .standard
    let settings = try cut(makePanel(text), request).settings
    let scan = try SeriesScan(
      makeSeries(["a", "y"], all[0] + all[1]), columns: layout.columns, scale: .standard, gaps: .error)
    #expect(settings.scaler == scan.scaler)
  }

  /// Scaled targets converted back are those that were read, as far as single precision allows.
  private func expectActual(_ chunk: Chunk, _ settings: WindowSettings) throws {
    let units = WindowUnits(settings.layout, scaler: settings.scaler, transform: settings.transform)
    let y = try #require(chunk.columns["y"]?.tensor)
    let actual = try #require(chunk.columns["actual"]?.tensor)
    for (value, actual) in zip(try units.targets(y.doubles, of: chunk), actual.doubles) {
      #expect(abs(value - actual) <= 2e-5 * max(1, abs(actual)))
    }
    // Each of several values for a target is converted like the only one.
    let twice = try units.targets(y.doubles.flatMap { [$0, $0] }, valuesPerTarget: 2, of: chunk)
    let once = try units.targets(y.doubles, of: chunk)
    #expect(twice == once.flatMap { [$0, $0] })
  }

  @Test(arguments: ["log1p", "boxcox", "difference", "last", "log1p,difference", "boxcox,last"])
  func transformationsAreUndone(_ transform: String) throws {
    let (text, all) = csv([12, 9])
    for scope in ScaleScope.allCases {
      for kind in ScaleKind.allCases {
        let layout = try WindowLayout(length: 4, horizon: 3, inputs: ["y", "a"], targets: ["y"])
        var request = WindowRequest(layout)
        request.transform = try TargetTransform(parsing: transform)
        (request.scale, request.scope) = (kind, scope)
        // Zeros have no power.
        let raised = text.split(separator: "\n").map { $0.hasPrefix("s") ? "\($0)5" : "\($0)" }.joined(
          separator: "\n")
        let (chunk, settings, _) = try cut(makePanel(raised), request)
        try expectActual(chunk, settings)
        try expectHistory(chunk, settings, first: all[0])
      }
    }
  }

  /// The inputs of the first window converted back are the first rows, or those after the first difference.
  private func expectHistory(_ chunk: Chunk, _ settings: WindowSettings, first: [Double]) throws {
    let units = WindowUnits(settings.layout, scaler: settings.scaler, transform: settings.transform)
    let history = try #require(try units.history(of: chunk))
    let start = settings.transform.reference == .difference ? 1 : 0
    for step in 0..<4 {
      let value = first[(start + step) * 2 + 1]
      #expect(abs(history[step] - value) <= 0.06 + 2e-5 * abs(value))
    }
  }

  @Test func theFutureOfEachSeries() throws {
    let (text, _) = csv([9, 4, 8])
    let layout = try WindowLayout(length: 5, horizon: 2, inputs: ["y"], targets: ["y"])
    var request = WindowRequest(layout)
    request.calendar = try CalendarFeature.list("day")
    let panel = try makePanel(text)
    let (_, settings, _) = try cut(panel, request)
    var forecaster = try PanelForecaster(
      settings, panel.schema, times: PanelTimes(panel, gaps: .error), fill: nil, short: .drop,
      numbers: NumberFormat())
    var chunks: [Chunk] = []
    try panel.forEach { try forecaster.add($0) { chunks.append($0) } }
    try forecaster.finish { chunks.append($0) }
    let chunk = try #require(Chunk.joined(chunks))
    #expect(chunk.rows == 2 && forecaster.count == 2)
    // 2022-01-10 and the day after, 2022-03-09 and the day after.
    #expect(
      chunk.columns["time"]?.tensor?.values(as: Int64.self) == [
        1_641_772_800, 1_641_859_200, 1_646_784_000, 1_646_870_400,
      ])
    #expect(chunk.columns["known"]?.tensor?.shape == [2, 7, 2])
    #expect(forecaster.warnings.first?.hasPrefix("1 series has fewer than the 5 rows of a window") == true)
  }

  @Test func everySeriesIsThereOnce() throws {
    let panel = try makePanel(csv([3, 1, 7, 2]).text)
    var found: [String] = []
    try panel.forEach { found.append("\($0.name ?? "") \($0.rows.rows)") }
    #expect(found == ["s0 3", "s1 1", "s2 7", "s3 2"])
    #expect(panel.count == 4 && panel.rowCount == 13 && panel.column == "unique_id")
  }
}
