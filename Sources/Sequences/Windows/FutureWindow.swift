// The window for a forecast of the future: its last input is the last row of a series.

import Failures
import Tensor
import TensorFile

/// The last window of a series, whose targets are not known yet.
public struct FutureWindow {
  private let layout: WindowLayout
  private var selection: WindowSelection
  private var buffer: RowBuffer
  private var lastTime: Int64?

  /// As for `Windower`, but the series only needs the input columns.
  public init(_ layout: WindowLayout, series: SeriesSchema, scaler: Scaler) throws(Failure) {
    var inputsOnly = layout
    inputsOnly.targets = []
    self.layout = layout
    selection = try WindowSelection(inputsOnly, series: series, scaler: scaler)
    buffer = RowBuffer(inputs: layout.inputs.count, targets: 0)
  }

  /// Adds the next rows; only the last ones are kept.
  public mutating func push(_ rows: SeriesRows) throws(Failure) {
    for row in 0..<rows.rows {
      try selection.append(rows, row: row, number: buffer.end, to: &buffer)
      buffer.endRow(time: nil, part: nil, segment: 0)
    }
    lastTime = rows.times?.last ?? lastTime
    buffer.discard(before: buffer.end - layout.inputSpan)
  }

  /// One window without `y`: `x` F32 [1, length, inputs] and, if the series has times and `step` is known,
  /// `time` I64 [1, horizon], the times of the forecast. Throws `Failure(.data)` if the series is too short.
  public func chunk(step: TimeStep?) throws(Failure) -> Chunk {
    guard buffer.end >= layout.inputSpan else {
      throw Failure.data("a window spans \(layout.inputSpan) rows; the series has \(buffer.end)")
    }
    var block = WindowBlock()
    var inputsOnly = layout
    inputsOnly.horizon = 0
    buffer.copyWindow(at: buffer.end - layout.inputSpan, inputsOnly, into: &block)
    var columns = ["x": Tensor(block.x, shape: [1, layout.length, layout.inputs.count])]
    if let lastTime, let step {
      let times = (0..<layout.horizon).map { step.advance(lastTime, by: (layout.ahead + $0) * layout.rate) }
      columns["time"] = Tensor(times, shape: [1, layout.horizon])
    }
    return Chunk(columns)
  }
}
