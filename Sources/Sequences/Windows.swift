// Cuts a series into windows of inputs and targets, scaled, from a bounded buffer of rows.
//
// A window belongs to the part (train, validation, test) that holds all its targets; one whose targets
// straddle parts is dropped, and so is one that reaches over a gap where the rule says so. Inputs may reach
// back into an earlier part: they are known when the forecast is made.

import Failures
import Tensor
import TensorFile

/// Takes the rows of a series in order and gives its windows.
public struct Windower {
  /// What the windows look like.
  public let facts: WindowFacts
  /// Windows given so far, by part; all under part 0 where the series is unsplit.
  public private(set) var counts = [0, 0, 0]
  /// Windows dropped because their targets straddle parts.
  public private(set) var straddling = 0
  /// Windows dropped because they reach over a gap.
  public private(set) var broken = 0

  private let selection: WindowSelection
  private let gapRule: GapRule
  private var watch: GapWatch
  private var buffer: RowBuffer
  private var start = 0

  /// - Parameters:
  ///   - series: the columns of the rows to come.
  ///   - scaler: the scaling of the facts' columns.
  ///   - gaps: what to do where the times are uneven.
  /// - Throws: `Failure(.data)` where the series or the scaler lacks a column.
  public init(_ facts: WindowFacts, series: SeriesFacts, scaler: Scaler, gaps: GapRule = .error)
    throws(Failure)
  {
    self.facts = facts
    selection = try WindowSelection(facts, series: series, scaler: scaler)
    gapRule = gaps
    watch = GapWatch(gaps)
    buffer = RowBuffer(inputs: facts.inputs.count, targets: facts.targets.count)
  }

  /// The most windows that a chunk of about 4 MiB holds.
  public var windowsInChunk: Int {
    max(1, (1 << 22) / (4 * (facts.length * facts.inputs.count + facts.horizon * facts.targets.count)))
  }

  /// Takes the next rows. Throws `Failure(.data)` where a scaled value is beyond single precision, or by the
  /// rule for gaps.
  public mutating func push(_ rows: SeriesRows) throws(Failure) {
    buffer.discard(before: start)
    for row in 0..<rows.rows {
      let time = rows.times?[row]
      let segment = try time.map { time throws(Failure) in try watch.segment(of: time) } ?? 0
      try selection.append(rows, row: row, number: buffer.end, to: &buffer)
      buffer.endRow(time: time, part: rows.parts?[row], segment: segment)
    }
  }

  /// The next windows that the rows so far complete, at most `limit`; nil where there are none yet.
  ///
  /// Columns: `x` F32 [rows, length, inputs]; `y` F32 [rows, horizon * targets], horizon-major; where the
  /// series has times `time` I64 [rows, horizon], those of the targets; where it was split `split` U8 [rows].
  public mutating func next(atMost limit: Int) -> Chunk? {
    var block = WindowBlock()
    while block.rows < limit, start + facts.span <= buffer.end {
      if keep(start) { buffer.copyWindow(at: start, facts, into: &block) }
      start += facts.stride
    }
    return block.rows == 0 ? nil : block.chunk(facts)
  }

  /// Counts the window at `start` and says whether it stays.
  private mutating func keep(_ start: Int) -> Bool {
    guard buffer.isUnbroken(from: start, to: start + facts.span - 1) else {
      broken += 1
      return false
    }
    guard let part = buffer.part(ofTargetsAt: start, facts) else {
      straddling += 1
      return false
    }
    counts[Int(part)] += 1
    return true
  }
}
