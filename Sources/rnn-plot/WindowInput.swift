// The chart of one window of a stream.

import Charts
import Failures
import TensorFile

extension PlotInput {
  /// The chart of the selected window; by default, of the first.
  func window() throws -> Chart {
    let reader = try run.reader(path)
    let columns = try WindowColumns(reader, named: name)
    let row = selection.row ?? 0
    let (chunk, rows) = try find(row, in: reader)
    guard let chunk else {
      throw Failure.usage(
        "there is no window \(row); the stream has \(rows)", at: "--row", remedy: "rows are numbered from 0")
    }
    let window = try columns.window(chunk, inputs: inputs(columns))
    let title = language.pick("A window and its targets, row \(row)", "时间序列预测任务示例，第 \(row) 个窗口")
    return .window(window, title: title, language: language)
  }

  /// The selected inputs; by default those that are also targets, else the first three.
  private func inputs(_ columns: WindowColumns) throws -> [Int] {
    let names = selection.column.isEmpty ? columns.targetInputs : selection.column
    if names.isEmpty { return Array(columns.inputNames.indices.prefix(3)) }
    return try indices(of: names, in: columns.inputNames, else: "there is no input")
  }
}
