// The columns of a series over time.

import Charts
import Failures
import OperatingSystem
import Sequences
import TensorFile

extension PlotInput {
  /// The maximum number of panels in a picture.
  private static let maxPanels = 12
  /// The maximum number of points of a curve in memory, and how many are left after downsampling.
  private static let (maxPoints, downsampledPoints) = (1 << 16, 1 << 14)

  /// The chart of a series' columns over time, or over the row number.
  func series() throws -> Chart {
    let reader = try run.reader(path)
    let schema = try SeriesSchema(header: reader.header, schema: reader.schema)
    let chosen = try schema.indices(
      of: selection.column.isEmpty ? Array(schema.columns.prefix(Self.maxPanels)) : selection.column)
    var curves = chosen.map { Series(schema.columns[$0], color: 0, x: [], y: []) }
    var first = 0
    var hasTimes = false
    var choice = try SeriesChoice(selection.series, reader.schema)
    while let whole = try reader.next() {
      let chunk = choice.rows(whole)
      guard chunk.rows > 0 else { continue }
      let rows = try SeriesRows(chunk, schema: schema)
      hasTimes = rows.times != nil
      let positions = rows.times?.map(Double.init) ?? (first..<first + rows.rows).map(Double.init)
      append(rows, at: positions, columns: chosen, to: &curves)
      first += rows.rows
    }
    try choice.check()
    if let note = choice.note { run.note(note) }
    guard first > 0 else { throw Failure.data("the series has no rows", at: name) }
    if selection.column.isEmpty, schema.columns.count > Self.maxPanels {
      run.note("showing the first \(Self.maxPanels) of \(schema.columns.count) columns; choose with --column")
    }
    return .series(curves, hasTimes: hasTimes, title: path.map(lastComponent) ?? "", language: language)
  }

  private func append(_ rows: SeriesRows, at positions: [Double], columns: [Int], to curves: inout [Series]) {
    for (index, column) in columns.enumerated() {
      curves[index].x += positions
      curves[index].y += stride(from: column, to: rows.values.count, by: rows.width).map { rows.values[$0] }
      if curves[index].x.count > Self.maxPoints, !isTable {
        curves[index] = curves[index].downsampled(to: Self.downsampledPoints)
      }
    }
  }
}
