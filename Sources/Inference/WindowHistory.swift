// The values of a series before each of its windows, put together from the windows themselves: a window's targets are
// the next window's inputs. So statistical methods know all rows before a forecast that the stream has, not only the
// window, and forecast what they would forecast from the series.
//
// Each window must continue the one before: some of its targets, 0 to all, lead from the known values to the window. The
// inputs are compared with them, in single precision. Where they differ, after a gap or in rows that are not in the order
// of time, the history begins anew with the window.

import Sequences

/// The history of each window of a stream.
struct WindowHistory {
  /// The known values before a window: the first `count` of a run of values for each target.
  struct Position: Sendable {
    let run: Int
    let count: Int
    /// The sum of these values of each target, added up from the first on.
    let sums: [Double]
  }

  /// The values of each target from a beginning on.
  private(set) var runs: [[[Double]]] = []
  /// The sums of the last run, without which the mean of the values before each window would take time that grows with
  /// the number of windows.
  private var sums: [Double] = []
  private let layout: WindowLayout
  private let targets: Int
  /// The targets of the window before, which are not in the run yet.
  private var pending: [Double] = []

  init(_ layout: WindowLayout) { (self.layout, targets) = (layout, layout.targets.count) }

  /// Forgets the values, for the next series.
  mutating func beginSeries() {
    runs = []
    pending = []
  }

  /// Forgets the values before the last run, whose positions are no longer needed.
  mutating func forgetOldRuns() { runs.removeFirst(max(0, runs.count - 1)) }

  /// The position of the next window.
  /// - Parameters:
  ///   - window: the targets over its inputs `[length, targets]`, in the units of the data.
  ///   - sizes: of each target, the size of the numbers by which it was scaled: rounding is measured by it.
  ///   - actual: the targets `[horizon, targets]` in the units of the data.
  mutating func add(_ window: [Double], sizes: [Double], actual: ArraySlice<Double>) -> Position {
    let end = Array(window.suffix(min(layout.length, Self.mostCompared) * targets))
    if let steps = stepsLeading(to: end, sizes) {
      append(steps)
    } else {
      runs.append(
        (0..<targets).map { target in stride(from: target, to: window.count, by: targets).map { window[$0] } }
      )
      sums = runs[runs.count - 1].map { $0.reduce(0, +) }
    }
    pending = isContiguous ? Array(actual) : []
    return Position(run: runs.count - 1, count: runs.last?.first?.count ?? 0, sums: sums)
  }

  /// So many steps at the end of a window are compared with what is known.
  private static let mostCompared = 32

  /// Whether the first target is the row after the last input, and steps are rows.
  private var isContiguous: Bool { layout.ahead == 1 && layout.rate == 1 }

  /// How many of the pending targets come before the end of the window; nil if it doesn't continue the run.
  private func stepsLeading(to end: [Double], _ sizes: [Double]) -> Int? {
    guard let run = runs.last, isContiguous else { return nil }
    let most = pending.count / targets
    let usual = layout.stride <= most ? [layout.stride] : []
    return (usual + Array(0...most)).first { matches(end, run, after: $0, sizes) }
  }

  private func matches(_ end: [Double], _ run: [[Double]], after steps: Int, _ sizes: [Double]) -> Bool {
    let known = run[0].count
    let start = known + steps - end.count / targets
    guard start >= 0 else { return false }
    for place in end.indices.reversed() {
      let (index, target) = (start + place / targets, place % targets)
      let value = index < known ? run[target][index] : pending[(index - known) * targets + target]
      guard abs(end[place] - value) <= Self.rounding * (abs(value) + sizes[target]) else { return false }
    }
    return true
  }

  /// Single precision rounds to 6e-8 of a number; inputs are scaled and scaled back, and differences added up.
  private static let rounding = 4e-6

  private mutating func append(_ steps: Int) {
    for target in 0..<targets {
      for step in 0..<steps {
        let value = pending[step * targets + target]
        runs[runs.count - 1][target].append(value)
        sums[target] += value
      }
    }
  }
}
