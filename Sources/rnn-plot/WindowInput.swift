// The chart of one window of a stream.

import Charts
import Failures
import TensorFile

extension PlotInput {
  /// The chart of the selected window; by default, of the first.
  func window() throws -> Chart {
    let reader = try run.reader(path)
    let columns = try WindowColumns(reader, named: name)
    let wanted = selection.row ?? 0
    var found: Chunk?
    var first = 0
    while let chunk = try reader.next() {
      if wanted >= first, wanted < first + chunk.rows { found = chunk.row(wanted - first) }
      first += chunk.rows
    }
    guard let found else {
      throw Failure.usage(
        "there is no window \(wanted); the stream has \(first)", at: "--row",
        remedy: "rows are numbered from 0")
    }
    let window = try columns.window(found, inputs: inputs(columns))
    let title = language == .zh ? "时间序列预测任务示例，第 \(wanted) 个窗口" : "A window and its targets, row \(wanted)"
    return .window(window, title: title, language: language)
  }

  /// The selected inputs; by default those that are also targets, else the first three.
  private func inputs(_ columns: WindowColumns) throws -> [Int] {
    let names = selection.column.isEmpty ? columns.targetInputs : selection.column
    if names.isEmpty { return Array(columns.inputNames.indices.prefix(3)) }
    return try indices(of: names, in: columns.inputNames, else: "there is no input")
  }
}
