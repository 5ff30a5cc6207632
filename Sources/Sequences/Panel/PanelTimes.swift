// The times of several series: each rises, and all have the same step, so that a window means the same in each. A
// series of another frequency is an error that names it.

import Failures

/// Checks the times of one series after another.
public struct PanelTimes: Sendable {
  /// The time column with the step that the series have.
  public let column: TimeColumn
  /// What is done about gaps.
  public let policy: GapPolicy
  /// The number of gaps in the series that were checked.
  public private(set) var gaps = 0
  private let step: TimeStep?
  private var wereChecked = false
  /// The times that were checked last: often, all series have the same.
  private var last: (times: [Int64], result: SeriesTimes)?

  /// Finds the commonest step of all series.
  /// - Parameter model: the time column of the model, whose step the series must have.
  /// - Returns: nil if the series have no times.
  /// - Throws: `Failure(.data)` if times don't rise within a series, or the step is not the model's.
  public init?(_ panel: SeriesPanel, gaps policy: GapPolicy, like model: TimeColumn? = nil) throws {
    guard let column = panel.schema.time else { return nil }
    var all = StepCensus(column, gaps: policy)
    var last: (times: [Int64], census: StepCensus)?
    try panel.forEach { series in
      guard let times = series.rows.times else { return }
      if let last, last.times == times { return all.merge(last.census) }
      let census = try series.naming { try StepCensus(column, gaps: policy, times) }
      all.merge(census)
      last = (times, census)
    }
    let checked = try SeriesTimes(all, column, gaps: policy, like: model)
    (self.column, self.policy, step) = (checked.column, policy, checked.step)
  }

  /// The same for the beginnings of series that were checked as a whole: another step among a few rows is gaps.
  public var ofBeginnings: PanelTimes {
    var times = self
    (times.wereChecked, times.last) = (true, nil)
    return times
  }

  /// What is known of the times of a series.
  /// - Throws: `Failure(.data)` if its step is another one.
  mutating func times(of rows: SeriesRows) throws -> SeriesTimes? {
    guard let times = rows.times else { return nil }
    if let last, last.times == times {
      gaps += last.result.gaps
      return last.result
    }
    var census = try StepCensus(column, gaps: policy, times)
    let (own, ownGaps) = try census.result(expected: step)
    var gaps = ownGaps
    if let own, let step, !own.isSame(as: step) {
      // A single distance that is not one step is a gap.
      guard wereChecked || census.total < 2 || policy == .ignore else {
        throw Failure.data(
          "the step is \(own.text), but that of other series is \(step.text)",
          remedy: "resample the series to one step, or use a file for each step")
      }
      gaps = census.total
    }
    let result = SeriesTimes(column: column, step: step, gaps: gaps, policy: policy)
    last = (times, result)
    self.gaps += gaps
    return result
  }
}

extension StepCensus {
  /// The distances between the times of a series.
  fileprivate init(_ column: TimeColumn, gaps policy: GapPolicy, _ times: [Int64]) throws(Failure) {
    self.init(column, gaps: policy)
    for time in times { try add(time) }
  }
}
