// The values of a series before each of its windows, put together from the windows themselves: a window's targets are
// the next window's inputs. So statistical methods know all rows before a forecast that the stream has, not only the
// window, and forecast what they would forecast from the series.
//
// Each window must continue the one before: some of its targets, 0 to all, lead from the known values to the window. The
// inputs are compared with them, in single precision. Where they differ, after a gap or in rows that are not in the order
// of time, the history begins anew with the window.

import Failures
import Sequences
import Tensor
import TensorFile

/// The history of each window of a stream.
struct WindowHistory {
  /// The known values before a window: the first `count` of a run of values for each target.
  struct Position: Sendable {
    let run: Int
    let count: Int
  }

  /// The values of each target from a beginning on.
  private(set) var runs: [[[Double]]] = []
  private let layout: WindowLayout
  private let scaler: Scaler
  /// The input column of each target.
  private let inputs: [Int]
  /// The size of the numbers that scaling subtracts and multiplies, by which rounding is measured, for each target.
  private let sizes: [Double]
  /// The targets of the window before, which are not in the run yet.
  private var pending: [Double] = []

  /// Nil if a target is not an input, so that its values before a window are unknown. Throws `Failure` (data) if the
  /// scaler lacks a column.
  init?(_ layout: WindowLayout, scaler: Scaler) throws(Failure) {
    let inputs = layout.targets.compactMap { layout.inputs.firstIndex(of: $0) }
    guard inputs.count == layout.targets.count else { return nil }
    (self.layout, self.scaler, self.inputs) = (layout, scaler, inputs)
    sizes = try scaler.indices(of: layout.targets).map { abs(scaler.offset[$0]) + 1 / abs(scaler.factor[$0]) }
  }

  /// Forgets the values, for the next series.
  mutating func beginSeries() {
    runs = []
    pending = []
  }

  /// Forgets the values before the last run, whose positions are no longer needed.
  mutating func forgetOldRuns() { runs.removeFirst(max(0, runs.count - 1)) }

  /// The position of the next window.
  /// - Parameters:
  ///   - x: the inputs `[length, inputs]`.
  ///   - actual: the targets `[horizon, targets]` in the units of the data; empty if they are unknown.
  mutating func add(_ x: ArraySlice<Float>, actual: ArraySlice<Double>) throws(Failure) -> Position {
    let end = try values(x, last: min(layout.length, Self.mostCompared))
    if let steps = stepsLeading(to: end) {
      append(steps)
    } else {
      let all = try values(x, last: layout.length)
      runs.append(
        inputs.indices.map { target in stride(from: target, to: all.count, by: inputs.count).map { all[$0] } }
      )
    }
    pending = isContiguous ? Array(actual) : []
    return Position(run: runs.count - 1, count: runs.last?.first?.count ?? 0)
  }

  /// So many steps at the end of a window are compared with what is known.
  private static let mostCompared = 32

  /// Whether the first target is the row after the last input, and steps are rows.
  private var isContiguous: Bool { layout.ahead == 1 && layout.rate == 1 }

  /// The targets' values at the last steps of a window, `[steps, targets]`.
  private func values(_ x: ArraySlice<Float>, last steps: Int) throws(Failure) -> [Double] {
    let width = layout.inputs.count
    let scaled = (layout.length - steps..<layout.length).flatMap { step in
      inputs.map { Double(x[x.startIndex + step * width + $0]) }
    }
    return try scaler.inverse(scaled, columns: layout.targets)
  }

  /// How many of the pending targets come before the end of the window; nil if it doesn't continue the run.
  private func stepsLeading(to end: [Double]) -> Int? {
    guard let run = runs.last, isContiguous else { return nil }
    let most = pending.count / inputs.count
    let usual = layout.stride <= most ? [layout.stride] : []
    return (usual + Array(0...most)).first { matches(end, run, after: $0) }
  }

  private func matches(_ end: [Double], _ run: [[Double]], after steps: Int) -> Bool {
    let known = run[0].count
    let start = known + steps - end.count / inputs.count
    guard start >= 0 else { return false }
    for place in end.indices.reversed() {
      let (index, target) = (start + place / inputs.count, place % inputs.count)
      let value = index < known ? run[target][index] : pending[(index - known) * inputs.count + target]
      guard abs(end[place] - value) <= Self.rounding * (abs(value) + sizes[target]) else { return false }
    }
    return true
  }

  /// Single precision rounds to 6e-8 of a number; inputs are scaled and scaled back.
  private static let rounding = 4e-7

  private mutating func append(_ steps: Int) {
    for target in inputs.indices {
      for step in 0..<steps { runs[runs.count - 1][target].append(pending[step * inputs.count + target]) }
    }
  }
}
