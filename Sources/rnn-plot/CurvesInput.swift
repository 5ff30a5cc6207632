// Tables of numbers, each column drawn against the first: gradients by step, results by length, several
// histories in one picture.

import Charts
import Failures
import Stage
import TensorFile

extension PlotInput {
  /// The chart of one or several CSV files; none is standard input.
  func curves(of paths: [String]) throws -> Chart {
    let tables = try (paths.isEmpty ? ["-"] : paths).map { try curveTable($0) }
    let looks = CurveLooks(
      isLogX: selection.log?.hasX ?? false, isLogY: selection.log?.hasY ?? false, x: selection.xLabel,
      y: selection.yLabel)
    return .curves(tables, looks)
  }

  private func curveTable(_ path: String) throws -> CurveTable {
    let name = inputName(path)
    var source = try run.source(path)
    guard try !run.isStream(&source) else {
      throw Failure.data("this is a tensor stream, not CSV", at: name, remedy: "rnn-convert writes CSV")
    }
    let table = try NumberTable(source, named: name, rows: "row of numbers")
    let chosen = try indices(table, name)
    return CurveTable(
      name: stem(path), xName: table.header[0], x: table.columns[0],
      columns: chosen.map { (table.header[$0], table.columns[$0]) })
  }

  /// The columns asked for, else all behind the first.
  private func indices(_ table: NumberTable, _ name: String) throws -> [Int] {
    let names = table.header.dropFirst()
    guard !names.isEmpty else { throw Failure.data("there is no second column to draw", at: name) }
    guard !selection.column.isEmpty else { return Array(names.indices) }
    return try selection.column.map { column in
      guard let index = names.firstIndex(of: column) else {
        throw Failure.usage(
          "\(name) has no column \(column)", at: "--column",
          remedy: "there are: \(names.joined(separator: ", "))")
      }
      return index
    }
  }

  /// A file's name without folders and what follows the first dot.
  private func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? Substring(path)
    return String(name.split(separator: ".").first ?? name)
  }
}
