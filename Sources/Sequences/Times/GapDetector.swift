// Numbers the segments of a series between its gaps.

import Calendar
import Failures

/// Finds the gaps in the times of a series whose step is known.
struct GapDetector {
  private let column: TimeColumn
  private let step: TimeStep?
  private var previous: Int64?
  private(set) var gaps = 0

  /// - Parameter step: the step between rows; nil to find no gaps.
  init(_ column: TimeColumn, step: TimeStep?) {
    self.column = column
    self.step = step
  }

  /// The number of gaps before the next row.
  mutating func segment(of time: Int64) -> Int {
    if let previous, let step, !step.lies(between: previous, and: time, column.offsets) { gaps += 1 }
    previous = time
    return gaps
  }
}

extension TimeStep {
  /// Whether `second` is one step after `first`.
  func lies(between first: Int64, and second: Int64, _ offsets: TimeOffsets) -> Bool {
    if case .seconds(let seconds) = self { return second - first == seconds }
    return TimeStep.candidates(from: first, to: second, offsets).contains(self)
  }
}
