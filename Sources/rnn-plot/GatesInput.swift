// The gates of a recurrent layer at each token of a row, which rnn-predict --gates wrote.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

extension PlotInput {
  /// More tokens would not be read.
  private static let maxTokens = 2000

  /// The chart of a row's gates.
  func gates() throws -> Chart {
    let reader = try run.reader(path)
    guard let gates = try GateColumns(header: reader.header),
      (gates.names + ["step"]).allSatisfy({ reader.schema[$0]?.isRagged == true })
    else {
      throw Failure.data("has no gates", at: name, remedy: "write them with rnn-predict --gates LAYER")
    }
    let number = selection.row ?? 0
    let (row, rows) = try find(number, in: reader)
    guard let row else {
      throw Failure.usage(
        "there is no row \(number)", at: "--row",
        remedy: "the input has \(counted(rows, "row")), the first of which is row 0")
    }
    let all = try GateRow(row, gates, unit: selection.unit, named: name)
    guard !all.steps.isEmpty else { throw Failure.data("row \(number) has no tokens", at: name) }
    let heat = all.heat(try chosenGates(all), first: try shownTokens(all, row: number), language)
    return .gates(heat, title: try gatesTitle(all, gates, number, row, reader.header))
  }

  /// The selected gates; by default those from 0 to 1, and what is kept.
  private func chosenGates(_ row: GateRow) throws -> [String] {
    guard !selection.column.isEmpty else { return row.usualNames }
    let chosen = try indices(of: selection.column, in: row.names, else: "there is no gate")
    return chosen.map { row.names[$0] }
  }

  private func shownTokens(_ row: GateRow, row number: Int) throws -> Int {
    let count = min(row.steps.count, selection.samples.flatMap { $0 == 0 ? nil : $0 } ?? .max)
    guard count <= Self.maxTokens || isTable else {
      throw Failure.usage(
        "row \(number) has \(row.steps.count) tokens, and at most \(Self.maxTokens) can be drawn", at: name,
        remedy: "show the first ones with --samples \(Self.maxTokens)")
    }
    return count
  }

  private func gatesTitle(
    _ row: GateRow, _ gates: GateColumns, _ number: Int, _ chunk: Chunk, _ header: StreamHeader
  ) throws -> String {
    let layer = language.pick("Gates of \(gates.layer)", "\(gates.layer) 的门控")
    let place = language.pick("row \(number)", "第 \(number) 行")
    let units = row.units
    let extent =
      selection.unit.map { language.pick("unit \($0) of \(units)", "单元 \($0)（共 \(units) 个）") }
      ?? language.pick("mean over \(counted(units, "unit"))", "\(units) 个单元的均值")
    let direction = gates.goesBackwards ? language.pick("read backwards", "逆序读取") : nil
    let label = chunk.columns["y"]?.tensor.flatMap { $0.rowWidth == 1 ? $0.integers?.first : nil }
    let known = try label.flatMap { try ClassNames(header: header)?.name($0) }
    let name = known.map { language.pick("class \($0)", "类别 \($0)") }
    return [layer, place, name, extent, direction].compactMap { $0 }.joined(
      separator: language.pick(", ", "，"))
  }
}
