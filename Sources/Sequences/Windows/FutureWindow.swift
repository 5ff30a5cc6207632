// The window for a forecast of the future: its last input is the last row of a series.

import Failures
import Tensor
import TensorFile

/// The last window of a series, whose targets are not known yet.
public struct FutureWindow {
  private let layout: WindowLayout
  private var selection: WindowSelection
  private var buffer: RowBuffer
  private var times: [Int64] = []
  private var history: ForecastHistory

  /// As for `Windower`, but the series only needs the input columns.
  public init(_ layout: WindowLayout, series: SeriesSchema, scaler: Scaler) throws(Failure) {
    var inputsOnly = layout
    inputsOnly.targets = []
    self.layout = layout
    selection = try WindowSelection(inputsOnly, series: series, scaler: scaler, allowsMissing: true)
    buffer = RowBuffer(inputs: layout.inputs.count, targets: 0)
    history = ForecastHistory(layout, series: series)
  }

  /// Adds the next rows; only the last ones are kept.
  public mutating func push(_ rows: SeriesRows) throws(Failure) {
    for row in 0..<rows.rows {
      try selection.append(rows, row: row, number: buffer.end, to: &buffer)
      buffer.endRow(time: nil, part: nil, segment: 0)
    }
    times = (times + (rows.times ?? [])).suffix(layout.inputSpan)
    history.append(rows)
    buffer.discard(before: buffer.end - layout.inputSpan)
  }

  private func checkMissing(at start: Int) throws(Failure) {
    guard let missing = buffer.missingInput(at: start, layout) else { return }
    throw Failure.data(
      "row \(missing.row + 1), column \(layout.inputs[missing.input]): the value is missing, and the forecast needs it",
      remedy: "use --fill, for example --fill previous, or remove the rows after the last known value")
  }

  /// One window without `y`: `x` F32 [1, length, inputs] and, if the step of the times is known, `time` I64
  /// [1, horizon], the times of the forecast; together with the targets' values over the window, `history` and
  /// `history_time`.
  /// - Parameter checked: what is known of the series' times; nil if it has none.
  /// - Throws: `Failure(.data)` if the series is too short, or if the window spans a gap.
  public func chunk(_ checked: SeriesTimes?) throws(Failure) -> Chunk {
    guard buffer.end >= layout.inputSpan else {
      throw Failure.data("a window spans \(counted(layout.inputSpan, "row")); the series has \(buffer.end)")
    }
    if let checked { try rejectGap(checked) }
    try checkMissing(at: buffer.end - layout.inputSpan)
    var block = WindowBlock()
    var inputsOnly = layout
    inputsOnly.horizon = 0
    buffer.copyWindow(at: buffer.end - layout.inputSpan, inputsOnly, into: &block)
    var columns = ["x": Tensor(block.x, shape: [1, layout.length, layout.inputs.count])]
    if let last = times.last, let checked, checked.column.step != nil {
      let future = (0..<layout.horizon).compactMap {
        checked.column.advance(last, by: (layout.ahead + $0) * layout.rate)
      }
      columns["time"] = Tensor(future, shape: [1, layout.horizon])
    }
    return Chunk(columns.merging(history.tensors) { window, _ in window })
  }

  private func rejectGap(_ checked: SeriesTimes) throws(Failure) {
    guard let step = checked.gapStep else { return }
    for (index, (previous, time)) in zip(times, times.dropFirst()).enumerated()
    where !step.lies(between: previous, and: time, checked.column.offsets) {
      let row = buffer.end - times.count + index + 2
      throw SeriesTimeMessages(checked.column).gapInWindow(row: row, time, after: previous, step: step)
    }
  }
}
