// CSV tables of numbers, with each column plotted against the first: gradients by step, results by length,
// several histories in one picture.

import Charts
import Failures
import SequenceOptions
import Stage
import TensorFile

extension PlotInput {
  /// The chart of one or several CSV files; standard input if none is named.
  func curves(of paths: [String]) throws -> Chart {
    let tables = try (paths.isEmpty ? ["-"] : paths).map { try curveTable($0) }
    let axes = CurveAxes(
      isLogX: selection.log?.hasX ?? false, isLogY: selection.log?.hasY ?? false, x: selection.xLabel,
      y: selection.yLabel)
    return .curves(tables, axes, language: language)
  }

  private func curveTable(_ path: String) throws -> CurveTable {
    let name = inputName(path)
    var source = try run.source(path)
    guard try !run.isStream(&source) else {
      throw Failure.data("this is a tensor stream, not CSV", at: name, remedy: "convert it with rnn-convert")
    }
    let text = try run.text(source, named: name, encoding: encoding)
    let table = try NumberTable(text, named: name, rows: "row of numbers")
    let chosen = try columns(of: table, name)
    return CurveTable(
      name: stem(path), xName: table.header[0], x: table.columns[0],
      columns: chosen.map { (table.header[$0], table.columns[$0]) })
  }

  /// The selected columns, or all but the first.
  private func columns(of table: NumberTable, _ name: String) throws -> [Int] {
    let names = table.header.dropFirst()
    guard !names.isEmpty else { throw Failure.data("there is no second column to plot", at: name) }
    guard !selection.column.isEmpty else { return Array(names.indices) }
    return try indices(of: selection.column, in: names, else: "\(name) has no column")
  }

  /// A file's name without directories and without everything after the first dot.
  private func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? Substring(path)
    return String(name.split(separator: ".").first ?? name)
  }
}
