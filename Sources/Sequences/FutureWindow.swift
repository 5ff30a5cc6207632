// The forecast proper: the window that ends with a series' last row, whose targets are still to come.

import Failures
import Tensor
import TensorFile

/// The window behind a series' last row: what a forecast of the future is made from.
public struct FutureWindow {
  private let facts: WindowFacts
  private let selection: WindowSelection
  private var buffer: RowBuffer
  private var lastTime: Int64?

  /// As for `Windower`, but the series need have the inputs alone.
  public init(_ facts: WindowFacts, series: SeriesFacts, scaler: Scaler) throws(Failure) {
    var inputsOnly = facts
    inputsOnly.targets = []
    self.facts = facts
    selection = try WindowSelection(inputsOnly, series: series, scaler: scaler)
    buffer = RowBuffer(inputs: facts.inputs.count, targets: 0)
  }

  /// Takes the next rows; only the last ones are kept.
  public mutating func push(_ rows: SeriesRows) throws(Failure) {
    for row in 0..<rows.rows {
      try selection.append(rows, row: row, number: buffer.end, to: &buffer)
      buffer.endRow(time: nil, part: nil, segment: 0)
    }
    lastTime = rows.times?.last ?? lastTime
    buffer.discard(before: buffer.end - facts.reach)
  }

  /// One window without `y`: `x` F32 [1, length, inputs] and, where the series has times and `step` is known,
  /// `time` I64 [1, horizon], the times to come. Throws `Failure(.data)` where the series is too short.
  public func chunk(step: TimeStep?) throws(Failure) -> Chunk {
    guard buffer.end >= facts.reach else {
      throw Failure.data("a window spans \(facts.reach) rows, the series has \(buffer.end)")
    }
    var block = WindowBlock()
    var inputsOnly = facts
    inputsOnly.horizon = 0
    buffer.copyWindow(at: buffer.end - facts.reach, inputsOnly, into: &block)
    var columns = ["x": Tensor(block.x, shape: [1, facts.length, facts.inputs.count])]
    if let lastTime, let step {
      let times = (0..<facts.horizon).map { step.advance(lastTime, by: (facts.ahead + $0) * facts.rate) }
      columns["time"] = Tensor(times, shape: [1, facts.horizon])
    }
    return Chunk(columns)
  }
}
