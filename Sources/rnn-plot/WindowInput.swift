// The chart of one window of a stream: curves of a series, or a list of tokens.

import Charts
import Failures
import TensorFile

extension PlotInput {
  /// The most inputs that are shown unless they are named.
  private static let maxInputs = 8

  /// The chart of the selected window; by default, of the first.
  func window() throws -> Chart {
    let reader = try run.reader(path)
    if let tokens = try TokenColumns(reader) { return try tokenList(tokens, reader) }
    let columns = try WindowColumns(reader, named: name)
    let chunk = try selectedRow(of: reader)
    let window = try columns.window(chunk, inputs: inputs(columns))
    let title = language.pick(
      "A window and its targets (dots), row \(row)", "一个窗口及其预测目标（圆点），第 \(row) 行")
    return .window(window, title: title, language: language)
  }

  private var row: Int { selection.row ?? 0 }

  private func selectedRow(of reader: TensorReader) throws -> Chunk {
    let (chunk, rows) = try find(row, in: reader)
    guard let chunk else {
      throw Failure.usage(
        "there is no window \(row); the stream has \(rows)", at: "--row", remedy: "rows are numbered from 0")
    }
    return chunk
  }

  /// The selected inputs; by default all, those that are also targets first.
  private func inputs(_ columns: WindowColumns) throws -> [Int] {
    guard selection.column.isEmpty else {
      return try indices(of: selection.column, in: columns.inputNames, else: "there is no input")
    }
    let targets = try indices(of: columns.targetInputs, in: columns.inputNames, else: "there is no input")
    let all = targets + columns.inputNames.indices.filter { !targets.contains($0) }
    if all.count > Self.maxInputs {
      run.note("showing \(Self.maxInputs) of \(all.count) inputs; choose with --column")
    }
    return Array(all.prefix(Self.maxInputs))
  }

  private func tokenList(_ columns: TokenColumns, _ reader: TensorReader) throws -> Chart {
    guard selection.column.isEmpty else {
      throw Failure.usage("a list of tokens has no columns to choose from", at: "--column")
    }
    let chunk = try selectedRow(of: reader)
    let label = columns.label(chunk).map { language.pick(", class \($0)", "，类别 \($0)") } ?? ""
    let title = language.pick("The tokens of row \(row)", "第 \(row) 行的词元") + label
    return .tokens(columns.list(chunk, language), title: title)
  }
}
