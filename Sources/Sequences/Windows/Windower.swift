// Cuts a series into windows of scaled inputs and targets, using a bounded buffer of rows.
//
// A window belongs to the part (train, validation, test) that contains all its targets. A window whose
// targets are in several parts is dropped; so is one that spans a gap, depending on the policy. Inputs may
// come from an earlier part: they are known at the time of the forecast.

import Failures
import Tensor
import TensorFile

/// Turns the rows of a series into windows.
public struct Windower {
  /// The layout of the windows.
  public let layout: WindowLayout
  /// The number of windows returned so far, by part; if the series is not split, all are in part 0.
  public private(set) var counts = [0, 0, 0]
  /// The number of windows dropped because their targets are in several parts.
  public private(set) var straddling = 0
  /// The number of windows dropped because they span a gap.
  public private(set) var spanningGaps = 0

  /// The number of windows dropped because a value that they use is missing.
  public private(set) var incomplete = 0

  private var selection: WindowSelection
  private var gapDetector: GapDetector?
  private var buffer: RowBuffer
  private var start = 0
  /// Where the first window starts that is not wanted.
  private let end: Int

  /// - Parameters:
  ///   - series: the columns of the series.
  ///   - scaler: the scaling of the layout's columns.
  ///   - times: what is known of the series' times; nil if it has none.
  ///   - allowsMissing: whether values may be missing (NaN); windows that use one are dropped.
  ///   - numbers: the numbers of the windows that are wanted, from 0, those counted that are dropped; nil for all.
  /// - Throws: `Failure(.data)` if the series or the scaler lacks a column.
  public init(
    _ layout: WindowLayout, series: SeriesSchema, scaler: Scaler, times: SeriesTimes? = nil,
    allowsMissing: Bool = false, numbers: Range<Int>? = nil
  ) throws(Failure) {
    self.layout = layout
    start = (numbers?.lowerBound ?? 0) * layout.stride
    end = numbers.map { $0.upperBound * layout.stride } ?? .max
    selection = try WindowSelection(layout, series: series, scaler: scaler, allowsMissing: allowsMissing)
    gapDetector = times.map { GapDetector($0.column, step: $0.gapStep) }
    buffer = RowBuffer(inputs: layout.inputs.count, targets: layout.targets.count)
  }

  /// The number of windows in a chunk of about 4 MiB.
  public var windowsPerChunk: Int {
    max(1, (1 << 22) / (4 * layout.length * layout.inputs.count + 12 * layout.horizon * layout.targets.count))
  }

  /// The columns in which single precision can't distinguish neighboring values, even after scaling.
  public var blurredColumns: [String] { selection.blurredColumns }

  /// Adds the next rows. Throws `Failure(.data)` if a scaled value is out of range for single precision.
  public mutating func push(_ rows: SeriesRows) throws(Failure) {
    guard start < end else { return }
    buffer.discard(before: start)
    for row in 0..<rows.rows {
      let time = rows.times?[row]
      let segment = time.flatMap { gapDetector?.segment(of: $0) } ?? 0
      try selection.append(rows, row: row, number: buffer.end, to: &buffer)
      buffer.endRow(time: time, part: rows.parts?[row], segment: segment)
    }
  }

  /// The next complete windows, at most `limit`; nil if there are none yet.
  ///
  /// Columns: `x` F32 [rows, length, inputs]; `y` F32 [rows, horizon * targets], horizon-major, and
  /// `actual` F64, the same in the units of the data; if the series has times, `time` I64 [rows, horizon], the times of the targets; if it was split, `split` U8 [rows];
  /// if rows have weights, `weight` F32 [rows], the means of those of the targets' rows.
  public mutating func next(atMost limit: Int) -> Chunk? {
    var block = WindowBlock()
    while block.rows < limit, start < end, start + layout.span <= buffer.end {
      if keep(start) { buffer.copyWindow(at: start, layout, into: &block) }
      start += layout.stride
    }
    return block.rows == 0 ? nil : block.chunk(layout)
  }

  /// Counts the window at `start`; returns whether it is kept.
  private mutating func keep(_ start: Int) -> Bool {
    guard buffer.isGapless(from: start, to: start + layout.span - 1) else {
      spanningGaps += 1
      return false
    }
    guard buffer.isWhole(at: start, layout) else {
      incomplete += 1
      return false
    }
    guard let part = buffer.part(ofTargetsAt: start, layout) else {
      straddling += 1
      return false
    }
    counts[Int(part)] += 1
    return true
  }
}
